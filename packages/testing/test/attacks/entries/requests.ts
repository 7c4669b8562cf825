/**
 * Requests beyond what is granted. Each of them is made by a reducer, by a reducer of cells, by a
 * step of a plan and by a plan that another one starts, where it can come from there.
 */
import { encode, encodeUntagged } from '@aos/canon';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import type { Range } from '../range.js';
import { type Cap, type Errand, type Kind, parentOf, planOf } from '../shooting-world.js';
import { ATTEMPTS, type Attempt, type Request, type Who } from './request-table.js';

const used = ({ request, twin, before }: Attempt) => [request, twin, ...(before ? [before] : [])];

/** Plans that the attempts need. */
export const ERRANDS: readonly Errand[] = ATTEMPTS.filter(({ by }) => by !== 'reducer').flatMap(
  (attempt) => used(attempt) as readonly Errand[],
);

type Make = (range: Range, request: Request) => Promise<Met>;

const said = ({ kind, cap, params, key: own }: Request) => ({
  kind,
  params_cbor: encode(params as never),
  cap_slot: cap,
  ...(own === undefined ? {} : { idempotency_key: own }),
});

/** An effect as a module asks for it. */
export const sayOf = (kind: Kind, cap: Cap, n = 1) => said({ kind, cap, params: { n } });

/** What a puppet is told to say. */
export const answerOf = (effects: readonly object[], events: readonly object[] = []): Uint8Array =>
  encodeUntagged({ state: encode({ n: 1 }), domain_events: events, effects, ann: null } as never);

const MAKERS: readonly (readonly [entry: string, who: Who, make: Make])[] = [
  [
    'reducer',
    'reducer',
    (range, request) => range.event('x/Do@1', { id: 'a', answer: answerOf([said(request)]) }),
  ],
  [
    'cell',
    'reducer',
    (range, request) => range.event('x/Tell@1', { id: 'a', answer: answerOf([said(request)]) }),
  ],
  ['plan', 'plan', (range, request) => start(range, planOf(request as Errand), request)],
  ['sub-plan', 'plan', (range, request) => start(range, parentOf(request as Errand), request)],
];

const start: (range: Range, plan: string, request: Request) => Promise<Met> = (
  range,
  plan,
  { params },
) => range.event('sys/PlanStart@1', { plan, input: encode(params as never) });

/** Where attempts are not made whose URL says it all. */
const BRIEF: ReadonlySet<string> = new Set(['cell', 'sub-plan']);

/** The attempts as attacks from each place that they can come from. */
export const REQUEST_ENTRIES: readonly (readonly [
  entry: string,
  attacks: readonly Attack<Range>[],
])[] = MAKERS.map(([entry, who, make]) => [
  entry,
  ATTEMPTS.filter(({ by = who, isUrl }) => by === who && !(isUrl && BRIEF.has(entry))).map(
    ({ attempt, code, request, twin, before }): Attack<Range> => ({
      attempt,
      code,
      ...(before && { prepare: (range) => make(range, before) }),
      act: (range) => make(range, request),
      twin: (range) => make(range, twin),
    }),
  ),
]);
