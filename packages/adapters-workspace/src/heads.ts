/** Heads and versions as `sys/Workspace@1` keeps them. */
import { decode, encode, type Hash, parseHashText, type Value } from '@aos/canon';
import { AosFault, type WorldPort } from '@aos/protocol';
import { refusal } from './tree/directory.js';

export const WORKSPACE_REDUCER = 'sys/Workspace@1';

/** As the reducer has it: no two names look alike, and none is a path. */
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** Code: `workspace-name-invalid`. */
export function assertWorkspaceName(name: string): void {
  if (NAME.test(name)) return;
  const detail = 'expected a name of 1 to 64 lower-case letters, digits, dots, _ and -';
  throw refusal('workspace-name-invalid', detail);
}

export interface Version {
  readonly tree: Hash;
  readonly author: string;
  readonly message: string;
  readonly at: number | bigint;
}

export interface Heads {
  /** Undefined for a workspace that is not there. */
  readonly head: number | undefined;
  readonly versions: ReadonlyMap<number, Version>;
}

const NONE: Heads = { head: undefined, versions: new Map() };

/** Codes: `workspace-not-in-world` where the world keeps no workspaces. */
export async function readHeads(world: WorldPort, workspace: string): Promise<Heads> {
  const state = await world.state(WORKSPACE_REDUCER, encode(workspace)).catch((cause: unknown) => {
    if (!(cause instanceof AosFault && cause.code === 'reducer-unknown')) throw cause;
    const detail = `the world has no reducer ${WORKSPACE_REDUCER}; list it among its modules`;
    throw refusal('workspace-not-in-world', detail);
  });
  return state === undefined ? NONE : decodeHeads(state);
}

/** @param state canonical in `sys/WorkspaceState@1`. */
export function decodeHeads(state: Uint8Array): Heads {
  const decoded = decode(state);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
  const versions = fields?.get('versions');
  if (!(versions instanceof Map)) throw notAState();
  return {
    head: Number(fields?.get('head')),
    versions: new Map([...versions].map(([version, each]) => [Number(version), versionOf(each)])),
  };
}

function versionOf(value: Value): Version {
  if (!(value instanceof Map)) throw notAState();
  const tree = parseHashText(String(value.get('tree')));
  const at = value.get('at');
  const isWhole = typeof at === 'number' || typeof at === 'bigint';
  if (!tree.ok || !isWhole) throw notAState();
  const [author, message] = [String(value.get('author')), String(value.get('message'))];
  return { tree: tree.value, author, message, at };
}

function notAState() {
  return refusal('workspace-unreadable', `expected a state of ${WORKSPACE_REDUCER}`);
}
