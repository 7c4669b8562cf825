/** What happens in the golden worlds that change: plans of plans, governance, forks. */
import { utf8 } from '@aos/canon';
import type { EvolvingScenario } from './evolving-case.js';
import { evolvingDefinition, patchBetween } from './evolving-definition.js';
import { KEEPERS, KEYS } from './golden-keys.js';
import type { Recorder } from './recorder.js';

type IntentEntry = ReturnType<Recorder['intents']>[number];

const tick = (r: Recorder, ...names: readonly string[]) => {
  for (const who of names) r.event('e/Tick@1', { who });
};
const answer = (r: Recorder, intent: IntentEntry | undefined, n: number) => {
  if (intent === undefined) throw new Error('nobody has asked');
  r.take(r.receipt(intent, { payload: { n } }));
};
const start = (r: Recorder, id: string) => r.event('e/Start@1', { id, n: 5, list: [1, 2] });

const family: EvolvingScenario = {
  about:
    'plans of plans: for each, all, cancel, another attempt, an event, one more child, results',
  run(r) {
    const [one, two] = r.intents(start(r, 'first'));
    answer(r, two, 20);
    answer(r, one, 10);
    const [asked] = r.intents();
    if (asked === undefined) throw new Error('the parent asked for nothing');
    const failed = { payload: { code: 'busy', message: '' }, status: 'error' } as const;
    r.take(r.receipt(asked, failed));
    answer(r, r.intents(r.tick(1000n))[0], 4);
    r.event('e/Ping@1', { id: 'another' });
    const [last] = r.intents(r.event('e/Ping@1', { id: 'first' }));
    answer(r, last, 3);
    r.settle();
    start(r, 'open');
  },
};

/** Proposes the second definition and shadows it; answers with what an approval is of. */
function propose(r: Recorder, proposal: number) {
  const [base, to] = [evolvingDefinition(1), evolvingDefinition(2)];
  const patchHash = r.keep(patchBetween(base, to));
  const ref = { proposal, base: base.manifestHash, patchHash };
  const { base: from } = ref;
  r.verb('governance', { verb: 'propose', base: from, patchHash, description: 'two fields' });
  const shadowHash = r.keep(utf8('a report of a shadow'));
  const shadowed = { verb: 'shadowed', ...ref, shadowHash, atSeq: r.world.seq - 1 } as const;
  r.verb('governance', shadowed, KEEPERS.host);
  return { ...ref, shadowHash };
}

function adopt(r: Recorder, proposal: number) {
  const approve = { verb: 'approve', ...propose(r, proposal) } as const;
  const late = { ...approve, expiresNs: 900_000n } as const;
  r.verb('governance', late, KEYS.ana);
  r.refuse(r.signedVerb('governance', { verb: 'apply', proposal }, KEYS.operator));
  r.verb('governance', approve, KEEPERS.ben);
  r.verb('governance', { verb: 'apply', proposal });
  r.settle();
}

const evolution: EvolvingScenario = {
  about: 'proposals rejected, withdrawn and applied; states that migrate, one that cannot, a pin',
  run(r) {
    tick(r, 'a', 'b', 'c', 'c', 'c');
    start(r, 'pinned');
    const { shadowHash: _, ...first } = propose(r, 0);
    r.verb('governance', { verb: 'reject', ...first }, KEYS.ana);
    propose(r, 1);
    r.verb('governance', { verb: 'withdraw', proposal: 1 });
    const intents = r.intents(start(r, 'waiting'));
    adopt(r, 2);
    tick(r, 'a', 'c', 'd', 'a');
    answer(r, intents[0], 1);
    r.settle();
  },
};

const border: EvolvingScenario = {
  about: 'a fork of a fork: what was in flight is dropped, voices are void, new definitions apply',
  run(r) {
    tick(r, 'a', 'b');
    const [asked] = r.intents(start(r, 'of the parent'));
    const { shadowHash, ...ref } = propose(r, 0);
    r.verb('governance', { verb: 'approve', ...ref, shadowHash }, KEYS.ana);
    const late = asked && r.receipt(asked, { payload: { n: 1 } });
    r.fork();
    if (late !== undefined) r.refuse(late);
    r.settle();
    tick(r, 'a');
    const { publicKey } = KEYS.guest;
    const guest = { publicKey, name: 'guest', roles: ['operator'] } as const;
    r.verb('keyring', { verb: 'keyring-add', ...guest });
    adopt(r, 1);
    tick(r, 'b');
    r.fork();
    r.settle();
    tick(r, 'a', 'b');
    r.verb('control', { verb: 'halt', code: 'end-of-story' }, KEYS.guest);
  },
};

/** By the name of its file. */
export const EVOLVING: { readonly [name: string]: EvolvingScenario } = {
  family,
  evolution,
  border,
};
