/** A plan with two tools at once, joined: the example of docs/authoring.md. */
import { definePlan, defineWorld, generatePolicy, schema, sys, t, trigger } from '@aos/air/author';

const question = schema('demo/Question@1', t.record({ prompt: t.hash }));
const answer = schema(
  'demo/Answer@1',
  t.record({ page: t.option(t.hash), draft: t.hash, cents: t.nat }),
);

export const brief = definePlan(
  'demo/brief@1',
  { input: question, output: answer },
  (plan, input) => {
    const page = plan.call('page', sys.effects.httpRequest, {
      method: 'GET',
      url: 'https://example.com/news',
      headers: {},
    });
    const draft = plan.call('draft', sys.effects.llmGenerate, {
      provider: 'acme',
      model: 'small-1',
      temperature: '0.2',
      max_tokens: 512,
      input_ref: input.prompt,
    });
    return { page: page.body_ref, draft: draft.output_ref, cents: draft.cost_cents };
  },
);

export default defineWorld({
  triggers: [trigger(brief)],
  policy: generatePolicy('demo/brief-policy@1', { plans: [brief] }),
});
