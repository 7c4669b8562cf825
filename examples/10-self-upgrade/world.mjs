// A worker that learns what it cannot do. `aos air build world.mjs` writes `air/`.
import { defineWorld, generatePolicy, route, sys, trigger } from '@aos/air/author';
import { changePlan, governance } from './change.mjs';
import { worker } from './worker.mjs';
import { writePlan } from './write.mjs';

const plans = [writePlan, changePlan];

export default defineWorld({
  routes: [route(worker), route(sys.reducers.workspace, { keyField: 'workspace' })],
  triggers: [trigger(writePlan), trigger(changePlan)],
  policy: generatePolicy('agent/policy@1', { plans, governance }),
});
