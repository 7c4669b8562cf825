/** `aos head`: what a world has come to, in one signed shape, with proofs. */
import { toHex } from '@aos/canon';
import type { HeadShape } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { type Answer, CliError } from '../../output.js';

export interface HeadCommandOptions {
  readonly sign?: true;
  readonly prove?: number;
  readonly since?: number;
}

export function showSignedHead(path: string, options: HeadCommandOptions): Promise<Answer> {
  const { sign = false, prove, since } = options;
  return withAccess(path, sign ? 'write' : 'read', async (asked) => {
    const head = await asked.call('head', {
      ...(sign && { sign }),
      ...(prove !== undefined && { record: prove }),
      ...(since !== undefined && { older: since }),
    });
    if (sign && head.sig === null) throw unsigned();
    return { data: dataOf(head), lines: linesOf(head) };
  });
}

function dataOf(head: HeadShape) {
  const { sig, inclusion, consistency, ...fields } = head;
  return {
    ...fields,
    sig: sig === null ? null : toHex(sig),
    inclusion: inclusion && { ...inclusion, hashes: [...inclusion.hashes] },
    consistency: consistency && { ...consistency, hashes: [...consistency.hashes] },
  };
}

function linesOf(head: HeadShape): string[] {
  const { sig, inclusion, consistency } = head;
  return [
    `world      ${head.world_id}`,
    `head       ${head.seq}, epoch ${head.epoch}`,
    `chain      ${head.chain}`,
    `tree       ${head.merkle_root}`,
    `state      ${head.world_hash}`,
    `signed     ${sig === null ? 'by nobody' : `by ${head.key_id}`}`,
    ...(sig === null ? [] : [`signature  ${toHex(sig)}`]),
    ...(inclusion ? [`record ${inclusion.seq} is in the tree:`, ...inclusion.hashes] : []),
    ...(consistency
      ? [
          `the tree of ${consistency.older} records is its beginning, ${consistency.older_root}:`,
          ...consistency.hashes,
        ]
      : []),
  ];
}

function unsigned(): CliError {
  const message =
    "the world knows no key of this host; 'aos run' once with the operator's key lets it in";
  return new CliError('head-unsigned', message);
}
