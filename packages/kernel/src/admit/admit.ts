/**
 * Admission: what may become a record. Pure, on the very world the step will see; what it refuses
 * is answered with a code and leaves no trace (system.md §2.1).
 *
 * A1. What is admitted has been normalized: a step uses it as it is, and a record can hold it.
 * A2. Signatures are verified before; here it is about who may sign what, when and how often.
 */
import type { Engine } from '@aos/protocol';
import { admitContinue } from '../inputs/continue.js';
import { admitControl } from '../inputs/control.js';
import { admitEvent } from '../inputs/event.js';
import { admitGovernance } from '../inputs/governance.js';
import { admitKeyring } from '../inputs/keyring.js';
import { admitReceipt } from '../inputs/receipt.js';
import { admitStreamFrame } from '../inputs/stream-frame.js';
import { admitTick } from '../inputs/tick.js';
import { neededBy, ObjectsNeeded } from '../trie/objects-needed.js';
import { isAtBorder } from '../world/border.js';
import type { World } from '../world/world.js';
import { type Admission, type RawInput, refused } from './admitted.js';

export interface AdmitPorts {
  /** Code that proposals bring must be in it; without one only the step finds that it is not. */
  readonly engine?: Engine;
}

/**
 * Judges an input. The codes of refusals stand with each kind of input; `fork-epoch-first` is that
 * of all but the epoch with which a fork begins.
 */
export function admit(world: World, raw: RawInput, { engine }: AdmitPorts = {}): Admission {
  try {
    return checkBorder(world, raw) ?? admitKind(world, raw, engine);
  } catch (thrown) {
    if (thrown instanceof ObjectsNeeded) return neededBy(thrown);
    throw thrown;
  }
}

/** A fork begins with an epoch of its own. */
function checkBorder(world: World, raw: RawInput): Admission | undefined {
  if (!isAtBorder(world) || (raw.kind === 'control' && raw.verb === 'epoch')) return undefined;
  return refused('fork-epoch-first', '', "expected the verb 'epoch' as the first of a fork");
}

function admitKind(world: World, raw: RawInput, engine: Engine | undefined): Admission {
  if (raw.kind === undefined || raw.kind === 'event') return admitEvent(world, raw);
  switch (raw.kind) {
    case 'receipt':
      return admitReceipt(world, raw);
    case 'stream-frame':
      return admitStreamFrame(world, raw);
    case 'control':
      return admitControl(world, raw);
    case 'keyring':
      return admitKeyring(world, raw);
    case 'governance':
      return admitGovernance(world, raw, engine);
    case 'tick':
      return admitTick(world, raw);
    case 'continue':
      return admitContinue(world, raw);
  }
}
