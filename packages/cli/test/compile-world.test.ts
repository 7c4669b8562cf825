/** A world that asks for its own modules: through grant, adapter and receipt to a stored module. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  definePlan,
  defineWorld,
  generatePolicy,
  grant,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';
import { toHashText } from '@aos/canon';
import { buildReducer } from '@aos/reducer-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { json } from './cli-run.js';

const Asked = schema('demo/Source@1', t.record({ language: t.text, source: t.text }));
const assembly = grant('assembly', sys.caps.compile, { languages: ['assemblyscript'] });
const make = definePlan('demo/make@1', { input: Asked }, (plan, { language, source }) => {
  const params = { language, name: 'sum', files: { 'sum.ts': { text: source } }, types: null };
  plan.call('made', sys.effects.compileReducer, params, { grant: assembly });
});
const world = defineWorld({
  plans: [make],
  policy: generatePolicy('demo/policy@1', { plans: [make] }),
  triggers: [trigger(make)],
});

const savedHome = process.env.AOS_HOME;
const root = mkdtempSync(join(tmpdir(), 'aos-compile-'));
const place = join(root, 'world');
beforeAll(async () => {
  process.env.AOS_HOME = join(root, 'home');
  mkdirSync(join(root, 'made', 'air'), { recursive: true });
  for (const { path, text } of world.toAir()) writeFileSync(join(root, 'made/air', path), text);
  expect(await json('init', place, '--from', join(root, 'made'))).toMatchObject({ ok: true });
});
afterAll(() => {
  if (savedHome === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = savedHome;
  rmSync(root, { recursive: true, force: true });
});

async function must(...args: string[]) {
  const answer = await json('--world', place, ...args);
  if (answer.ok !== true) throw new Error(`${args.join(' ')}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}
const ask = (asked: object) => must('event', 'send', 'demo/Source@1', JSON.stringify(asked));

const source = `import { Step } from 'aos';
export function reduce(step: Step): void { step.setState(step.event); }
`;

it('gets the hash of a module that is an object of its own, or reads what is wrong', async () => {
  await ask({ language: 'assemblyscript', source });
  await ask({ language: 'assemblyscript', source: 'export function reduce(): void {}' });
  await ask({ language: 'typescript', source });
  await must('run', '--until', 'quiescent');
  const { receipts } = await must('receipts');
  const built = await buildReducer({ name: 'sum', source });
  const hash = built.ok ? toHashText(built.value.hash) : '';
  const payloads = receipts.map((each: { payload: unknown }) => each.payload);
  expect(payloads).toContainEqual(
    expect.objectContaining({ module: expect.objectContaining({ hash, entry: 'step' }) }),
  );
  expect(payloads).toContainEqual(expect.objectContaining({ module: null }));
  expect(receipts).toMatchObject([
    { adapter_id: 'compile', status: 'ok' },
    { adapter_id: 'compile', status: 'ok' },
  ]);
  await must('blob', 'get', hash, '--out', join(root, 'sum.wasm'));
  const { effects } = await must('effects');
  const codes = effects.map(({ code }: { code: string | null }) => code);
  expect(codes).toContain('language-not-allowed');
  expect(await must('verify')).toMatchObject({ records: expect.any(Number) });
});
