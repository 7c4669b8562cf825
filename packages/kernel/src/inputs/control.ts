/** `control`: what runs, and under which epoch and numbers. */
import { assert } from '@aos/canon';
import type { ControlInput, Verb } from '@aos/protocol';
import { type Admission, refused } from '../admit/admitted.js';
import { dropApplications, voidVoices } from '../governance/new-epoch.js';
import type { Run } from '../step/run.js';
import { abandonIntents } from '../step/settle.js';
import { checkRuntime } from '../world/runtime-support.js';
import type { World, WorldMode } from '../world/world.js';
import { admitVerb, applyVerb } from './verb.js';

/** What each verb about running leads to. */
const MODES = {
  pause: 'paused',
  resume: 'running',
  drain: 'draining',
  halt: 'halted',
} as const satisfies { readonly [verb: string]: WorldMode };

/**
 * Codes: those of verbs, `mode-unchanged`, `epoch-not-greater`, `runtime-unsupported`,
 * `world-halted` for `pause` and `drain`, which would hide why the world stopped.
 */
export function admitControl(world: World, raw: ControlInput): Admission {
  return admitVerb(world, raw, ['operator'], (verb) => checkControl(world, verb));
}

export function applyControl(run: Run, input: ControlInput): void {
  const verb = applyVerb(run, input);
  const { next } = run;
  switch (verb.verb) {
    case 'pause':
    case 'resume':
    case 'drain':
    case 'halt':
      next.mode = MODES[verb.verb];
      next.haltCode = verb.verb === 'halt' ? verb.code : null;
      return;
    case 'epoch':
      abandonIntents(run);
      voidVoices(run, input.keyId);
      dropApplications(run);
      next.epoch = verb.epoch;
      return;
    case 'runtime-upgrade':
      next.runtime = verb.runtime;
      return;
    default:
      assert(false, 'admission lets only verbs of their kind in');
  }
}

function checkControl(world: World, verb: Verb): Admission | undefined {
  switch (verb.verb) {
    case 'pause':
    case 'resume':
    case 'drain':
    case 'halt':
      return checkMode(world, verb.verb);
    case 'epoch': {
      if (verb.epoch > world.epoch) return undefined;
      const detail = `expected more than ${world.epoch}, found ${verb.epoch}`;
      return refused('epoch-not-greater', '/args/epoch', detail);
    }
    case 'runtime-upgrade': {
      const found = checkRuntime(verb.runtime);
      return found?.ok === false ? { kind: 'refused', refusal: found.refusal } : undefined;
    }
    default:
      return undefined;
  }
}

function checkMode({ mode }: World, verb: keyof typeof MODES): Admission | undefined {
  if (MODES[verb] === mode) return refused('mode-unchanged', '/verb', `the world is ${mode}`);
  if (mode !== 'halted' || verb === 'resume') return undefined;
  return refused('world-halted', '/verb', 'a halted world is resumed first');
}
