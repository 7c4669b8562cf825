// How a skill is written: a language model is asked, its answer compiled, and what is wrong with it
// told to it, a few times.
import {
  add,
  and,
  coalesce,
  concat,
  cond,
  definePlan,
  defineSecret,
  eq,
  get,
  grant,
  gt,
  len,
  lt,
  mapItems,
  ne,
  not,
  outcome,
  sys,
  t,
  toText,
  useSecret,
  value,
} from '@aos/air/author';
import { Cannot, Written } from './parts.mjs';
import { firstSkills, WorkerEvent, workerSource, workerTypes } from './worker.mjs';

/**
 * @template S
 * @typedef {import('@aos/air/author').Typed<S>} Typed
 */

const TRIES = 4;
const NO_MODULE = `sha256:${'0'.repeat(64)}`;

const SYSTEM = `You write skills.ts, the part of a worker that does its tasks.
Answer with the whole new text of this file and nothing else: no explanation, no fences.
Keep the functions that are there. Add one for the task, under exactly its name.
A function takes rows and gives lines of text. It imports nothing and remembers nothing.`;

const model = grant(
  'model',
  sys.caps.llmBasic2,
  { providers: ['coder'], models: ['coder'], max_tokens: 4000, tools_allow: ['also_change'] },
  { budget: { calls: 100, tokens: 1_000_000, cents: 1000 } },
);
const compiler = grant('compiler', sys.caps.compile, { languages: ['typescript'] });

const planName = 'agent/write_plan@1';
const key = defineSecret('agent/llm_key@1', {
  bindingId: 'vault:llm-key',
  allowedGrants: [model],
  allowedPlans: [planName],
});

/** Offered, for skills that need more than code. What comes of it is a proposal, like all else. */
const alsoChange = {
  name: 'also_change',
  description: 'Patches the definition of the world, if the new code needs that.',
  parameters: JSON.stringify({
    type: 'object',
    properties: { patches: { type: 'array', items: { type: 'object' } } },
    required: ['patches'],
  }),
};

export const writePlan = definePlan(planName, { input: Cannot }, (plan, input) => {
  const { task, source, base, until_ns, tried, last } = input;
  const mayTryAgain = lt(tried, TRIES - 1);

  const wanted = concat(
    ...['The task is named ', task.name, '.\n\n', task.description],
    ...['\n\nskills.ts is now:\n\n', coalesce(source, firstSkills)],
  );
  const asked = { role: { user: null }, parts: [{ text: wanted }] };
  const draft = coalesce(last, { text: '', problems: [] });
  const again = [
    { role: { assistant: null }, parts: [{ text: draft.text }] },
    {
      role: { user: null },
      parts: mapItems(draft.problems, (problem) => value(sys.schemas.LlmPart, { text: problem })),
    },
  ];
  const system = { role: { system: null }, parts: [{ text: SYSTEM }] };
  const messages = t.list(sys.schemas.LlmMessage);
  const answer = plan.call(
    'ask',
    sys.effects.llmGenerate2,
    {
      ...{ provider: 'coder', model: 'coder', max_tokens: 4000, max_cost_cents: 10 },
      messages: cond(
        eq(last, null),
        value(messages, [system, asked]),
        value(messages, [system, asked, ...again]),
      ),
      tools: [alsoChange],
      api_key: useSecret(key),
    },
    { grant: model, retry: { max: 3, initialNs: 1_000_000_000n } },
  );
  const isAnswered = eq(outcome(answer).status, 'ok');
  const text = coalesce(answer.text, '');

  const files = { 'worker.ts': { text: workerSource }, 'skills.ts': { text } };
  const types = { module: 'skill/Worker@1', definitions: { text: workerTypes } };
  const built = plan.call(
    'build',
    sys.effects.compileReducer,
    { language: 'typescript', name: 'worker', files, types },
    { grant: compiler, when: isAnswered },
  );
  const isCompiled = eq(outcome(built).status, 'ok');
  const made = cond(isCompiled, built.module, null);
  const isMade = ne(made, null);
  const problems = cond(
    isCompiled,
    mapItems(built.diagnostics, ({ message, place }) => {
      const { file, line } = coalesce(place, { file: '', line: 0, column: 0 });
      return concat(file, ':', toText(line), ': ', message);
    }),
    value(t.list(t.text), [coalesce(outcome(built).error, '')]),
  );

  const { id, name } = task;
  const called = answer.tool_calls;
  const patch = cond(gt(len(called), 0), value(t.option(t.text), get(called, 0).arguments), null);
  const { hash: module } = coalesce(made, { hash: NO_MODULE, size: 0, entry: '' });
  const written = { id, name, source: text, base, module, patch, until_ns };
  plan.raise('written', Written, written, { when: isMade });
  const still = { task, source, base, until_ns, tried: add(tried, 1), last: { text, problems } };
  plan.raise('again', Cannot, still, { when: and(not(isMade), mayTryAgain) });
  /** @type {(step: string, why: Typed<'text'> | string, when: Typed<'bool'>) => unknown} */
  const giveUp = (step, why, when) =>
    plan.raise(step, WorkerEvent, { GaveUp: { id, why } }, { when });
  giveUp('hopeless', 'no-answer-compiles', and(not(isMade), not(mayTryAgain)));
  giveUp('unanswered', coalesce(outcome(answer).error, ''), not(isAnswered));
});
