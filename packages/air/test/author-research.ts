/** A world that uses every kind of step, authored in TypeScript. */
import {
  anyItem,
  coalesce,
  concat,
  cond,
  defineEffect,
  defineMigration,
  definePlan,
  definePure,
  defineReducer,
  defineSecret,
  defineWorld,
  eq,
  filterItems,
  ge,
  generatePolicy,
  get,
  grant,
  gt,
  len,
  mapItems,
  match,
  not,
  outcome,
  requireApproval,
  route,
  schema,
  sys,
  t,
  toText,
  trigger,
  useSecret,
  value,
} from '../src/author/index.js';

const source = schema('demo/Source@1', t.record({ url: t.text, weight: t.nat }));
const request = schema(
  'demo/Research@1',
  t.record({ id: t.text, topic: t.text, sources: t.list(source), model: t.option(t.text) }),
);
const page = schema('demo/Page@1', t.record({ url: t.text, body: t.option(t.hash) }));
const report = schema('demo/Report@1', t.record({ id: t.text, pages: t.nat, note: t.text }));
const nudge = schema('demo/Nudge@1', t.record({ id: t.text, why: t.words('Slow', 'Wrong') }));
const oldState = schema('demo/State@1', t.record({ done: t.nat }));
const state = schema('demo/State@2', t.record({ done: t.nat, last: t.option(t.text) }));
const event = schema('demo/ResearchEvent@1', t.variant({ Nudge: nudge, Report: report }));

const desk = defineReducer('demo/Desk@2', { state, event, key: schema('demo/Id@1', t.text) });
const upgrade = definePure('demo/UpgradeDesk@1', { input: oldState, output: state });
const key = defineSecret('llm/api@1', { bindingId: 'env:LLM_KEY' });

const web = grant('web', sys.caps.httpOut, { schemes: ['https'] }, { budget: { calls: 1000 } });
const fewer = grant('web_few', sys.caps.httpOut, { schemes: ['https'] }, { parent: web });
const search = defineEffect('demo/search@1', {
  kind: 'demo.search',
  params: request,
  receipt: page,
  capType: 'http.out',
  origin: 'plan',
});

const fetchPage = definePlan(
  'demo/fetch_page@1',
  { input: source, output: page },
  (plan, input) => {
    const got = plan.call(
      'get',
      sys.effects.httpRequest,
      { method: 'GET', url: input.url, headers: { accept: 'text/html' } },
      { grant: fewer, deadlineNs: 5_000_000_000, retry: { max: 2, initialNs: 100_000_000 } },
    );
    return { url: input.url, body: got.body_ref };
  },
);

const research = definePlan(
  'demo/research@1',
  { input: request, output: report, correlateBy: 'id' },
  (plan, input) => {
    plan.invariant(gt(len(input.topic), 0));
    const heavy = filterItems(input.sources, (each) => gt(each.weight, 1));
    const pages = plan.spawnEach('pages', fetchPage, heavy, { max: 16 });
    const found = plan.awaitAll('found', pages);
    const first = plan.spawn('first', fetchPage, get(input.sources, 0));
    const second = plan.spawn('second', fetchPage, { url: 'https://example.com', weight: 1 });
    const fastest = plan.awaitAny('fastest', [first, second]);
    plan.cancel('stop', [first, second], { after: fastest });

    const looked = plan.emit('look', search, input, { grant: web });
    const seen = plan.await('seen', looked);
    const isSeen = eq(outcome(seen).status, 'ok');
    plan.raise(
      'tell',
      event,
      { Nudge: { id: input.id, why: { Wrong: null } } },
      { when: not(isSeen) },
    );

    const draft = plan.emit('draft', sys.effects.llmGenerate, {
      provider: 'acme',
      model: 'small-1',
      temperature: '0.2',
      max_tokens: 512,
      input_ref: `sha256:${'0'.repeat(64)}`,
      api_key: useSecret(key),
    });
    const text = plan.await('text', draft);
    const back = plan.awaitEvent('back', nudge, { where: ({ id }) => eq(id, plan.correlationId) });
    const why = match(back.why, {
      Slow: () => value(t.text, 'slow'),
      Wrong: () => value(t.text, 'wrong'),
    });
    const urls = mapItems(found, (each) => concat(each.url, ' '));
    const note = plan.assign(
      'note',
      cond(
        anyItem(urls, (url) => eq(url, fastest.value.url)),
        why,
        concat(coalesce(input.model, 'none'), ' ', toText(ge(text.cost_cents, 10))),
      ),
      { local: schema('demo/Note@1', t.text) },
    );
    return { id: input.id, pages: len(found), note };
  },
);

const plans = [research, fetchPage];

export default defineWorld({
  modules: [desk],
  plans,
  routes: [route(desk, { keyField: '$value.id' })],
  triggers: [trigger(research)],
  migrations: [defineMigration('demo/desk-2@1', { reducer: desk, module: upgrade })],
  policy: generatePolicy('demo/policy@1', {
    plans,
    before: [requireApproval({ effect: search }, { role: 'approver', count: 1 })],
    governance: [{ verb: 'approve', role: 'approver', count: 2, notOwn: true }],
  }),
});

export { research };
