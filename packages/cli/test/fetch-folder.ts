/**
 * An authoring folder without modules, whose plans ask the outside.
 *
 * `demo/Fetch@1` fetches a page of this machine and ends with its status; `demo/Nap@1` sets a
 * timer; `demo/Unheard@1` leads to nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
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

const fetchAsked = schema('demo/Fetch@1', t.record({ url: t.text }));
const napAsked = schema('demo/Nap@1', t.record({ until: t.nat }));
const unheard = schema('demo/Unheard@1', t.record({ n: t.nat }));
const status = schema('demo/Status@1', t.record({ status: t.int }));

const web = grant('web', sys.caps.httpOut2, {
  hosts: ['127.0.0.1'],
  allow_private: ['127.0.0.0/8'],
});

const fetchPage = definePlan(
  'demo/fetch@1',
  { input: fetchAsked, output: status },
  (plan, input) => {
    const params = { method: 'GET', url: input.url, headers: {} };
    const page = plan.call('page', sys.effects.httpRequest, params, { grant: web });
    return { status: page.status };
  },
);

const nap = definePlan('demo/nap@1', { input: napAsked }, (plan, input) => {
  plan.call('sleep', sys.effects.timerSet2, { deliver_at_ns: input.until });
});

const world = defineWorld({
  schemas: [unheard],
  plans: [fetchPage, nap],
  policy: generatePolicy('demo/policy@1', { plans: [fetchPage, nap] }),
  triggers: [trigger(fetchPage), trigger(nap)],
});

/** Writes the folder. */
export function writeFetchFolder(folder: string): void {
  mkdirSync(join(folder, 'air'), { recursive: true });
  for (const { path, text } of world.toAir()) writeFileSync(join(folder, 'air', path), text);
}
