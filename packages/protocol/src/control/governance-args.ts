/** Reading the arguments of the governance verbs. */
import { RECEIPT_STATUSES } from '../signed/receipt-body.js';
import { ArgsReader, wrongArgs } from './args-reader.js';
import type { GovernanceVerbs } from './governance-verbs.js';

/** How the arguments that all verbs have are read. */
export interface CommonReaders<Signature, Wait> {
  signatureOf(args: ArgsReader): Signature;
  waitOf(args: ArgsReader): Wait;
  pageOf(args: ArgsReader, usual: number): number;
}

/** Most records that a shadow runs again. */
const MAX_RECORDS = 100_000;
/** Farthest that time goes on in a shadow, 90 days: it stays a safe integer. */
const MAX_ADVANCE_NS = 90n * 86_400n * 1_000_000_000n;
/** Longest time and most memory of a shadow; with less than that no thread begins. */
const MAX_TIME_MS = 3_600_000;
const MIN_MEMORY_MIB = 32;
const MAX_MEMORY_MIB = 16_384;
/** Most documents, modules, seeds and scripts. */
const MAX_ITEMS = 10_000;

/** What can become of a proposal. */
const PROPOSAL_STATES = [
  'proposed',
  'shadowed',
  'approved',
  'rejected',
  'withdrawn',
  'applied',
] as const;

export function governanceReaders<Signature, Wait>(common: CommonReaders<Signature, Wait>) {
  const signed = (args: ArgsReader) => ({
    args: args.bytes('args'),
    nonce: args.bytes('nonce'),
    ...common.signatureOf(args),
    ...common.waitOf(args),
  });
  return {
    'governance.draft': (args: ArgsReader) => ({
      json: args.textMaybe('json'),
      documents: itemsOf(args, 'documents', documentOf),
      rollback: args.countMaybe('rollback'),
      migrations: itemsOf(args, 'migrations', migrationOf) ?? [],
      modules: itemsOf(args, 'modules', moduleOf) ?? [],
    }),
    'governance.propose': signed,
    'governance.shadow': (args: ArgsReader) => ({
      proposal: args.count('proposal'),
      records: args.countMaybe('records', { most: MAX_RECORDS }),
      advanceNs: Number(args.natMaybe('advance_ns', MAX_ADVANCE_NS) ?? 0n),
      timeMs: args.countMaybe('time_ms', { least: 1, most: MAX_TIME_MS }),
      memoryMib: args.countMaybe('memory_mib', { least: MIN_MEMORY_MIB, most: MAX_MEMORY_MIB }),
      seeds: itemsOf(args, 'seeds', seedOf) ?? [],
      scripts: itemsOf(args, 'scripts', scriptOf) ?? [],
    }),
    'governance.shadowed': signed,
    'governance.approve': signed,
    'governance.reject': signed,
    'governance.withdraw': signed,
    'governance.apply': signed,
    'governance.list': (args: ArgsReader) => ({
      state: args.oneOfMaybe('state', PROPOSAL_STATES),
      before: args.countMaybe('before'),
      limit: common.pageOf(args, 100),
    }),
    'governance.show': (args: ArgsReader) => ({ proposal: args.count('proposal') }),
  } satisfies { readonly [V in keyof GovernanceVerbs]: (args: ArgsReader) => unknown };
}

function itemsOf<T>(
  args: ArgsReader,
  name: string,
  read: (item: ArgsReader) => T,
): readonly T[] | undefined {
  const items = args.raw(name) ?? undefined;
  if (items === undefined) return undefined;
  if (!Array.isArray(items) || items.length > MAX_ITEMS) {
    throw wrongArgs(`/args/${name}`, `a list of at most ${MAX_ITEMS}`, items);
  }
  return items.map((item, n) => {
    const reader = new ArgsReader(item, `/args/${name}/${n}`);
    const value = read(reader);
    reader.end();
    return value;
  });
}

function documentOf(item: ArgsReader) {
  return { path: item.text('path'), text: item.text('text') };
}

function moduleOf(item: ArgsReader) {
  return { name: item.text('name'), bytes: item.bytes('bytes') };
}

function migrationOf(item: ArgsReader) {
  return { reducer: item.text('reducer'), bytes: item.bytes('bytes') };
}

function seedOf(item: ArgsReader) {
  return { schema: item.text('schema'), json: item.text('json') };
}

function scriptOf(item: ArgsReader) {
  const origin = item.textMaybe('origin');
  return {
    effect: item.text('effect'),
    status: item.oneOf('status', RECEIPT_STATUSES),
    json: item.text('json'),
    ...(origin === undefined ? {} : { origin }),
  };
}
