/** A world that asks a language model, looks up what the model wants to know, and asks again. */
import {
  coalesce,
  defineCap,
  defineEffect,
  definePlan,
  defineSecret,
  defineWorld,
  eq,
  generatePolicy,
  get,
  grant,
  schema,
  sys,
  t,
  trigger,
  useSecret,
} from '@aos/air/author';

export const question = schema('agent/Question@1', t.record({ text: t.text }));
const answer = schema('agent/Answer@1', t.record({ text: t.text, cents: t.nat }));
const query = schema('agent/Query@1', t.record({ arguments: t.text }));
const found = schema('agent/Found@1', t.record({ text: t.text }));

export const lookUp = defineEffect('agent/look-up@1', {
  kind: 'agent.look-up',
  params: query,
  receipt: found,
  capType: 'agent.look-up',
  origin: 'plan',
});
const lookUpCap = defineCap('agent/look-up@1', {
  type: 'agent.look-up',
  params: t.record({}),
  enforcer: sys.enforcers.allowAll,
});
const library = grant('library', lookUpCap, {});

const key = defineSecret('llm/acme@1', { bindingId: 'test:acme' });
const model = grant(
  'model',
  sys.caps.llmBasic2,
  { providers: ['acme'], models: ['small'], max_tokens: 200, tools_allow: ['look_up'] },
  { budget: { tokens: 10_000, cents: 100 } },
);

const tools = [
  {
    name: 'look_up',
    description: 'Looks something up.',
    parameters: '{"type":"object","properties":{"about":{"type":"string"}}}',
  },
];
const settings = {
  ...{ provider: 'acme', model: 'small', max_tokens: 200, max_cost_cents: 40 },
  ...{ tools, stream: true, api_key: useSecret(key) },
};

/** One turn with the tool, if the model wants it. */
export const ask = definePlan('agent/ask@1', { input: question, output: answer }, (plan, input) => {
  const asked = { role: { user: null }, parts: [{ text: input.text }] } as const;
  const first = plan.call(
    'first',
    sys.effects.llmGenerate2,
    { ...settings, messages: [asked] },
    { grant: model },
  );
  const wants = eq(first.finish, 'tool-calls');
  const call = get(first.tool_calls, 0);
  const looked = plan.call(
    'look',
    lookUp,
    { arguments: call.arguments },
    { grant: library, when: wants },
  );
  const turn = { role: { assistant: null }, parts: [{ turn_ref: first.turn_ref }] } as const;
  const result = { id: call.id, content: looked.text, is_error: false };
  const told = { role: { user: null }, parts: [{ tool_result: result }] } as const;
  const second = plan.call(
    'second',
    sys.effects.llmGenerate2,
    { ...settings, messages: [asked, turn, told] },
    { grant: model, when: wants },
  );
  plan.end('told', { text: coalesce(second.text, ''), cents: second.cost_cents }, { when: wants });
  return { text: coalesce(first.text, ''), cents: first.cost_cents };
});

export default defineWorld({
  secrets: [key],
  triggers: [trigger(ask)],
  policy: generatePolicy('agent/policy@1', { plans: [ask] }),
});
