export { AuthorError } from './author-error.js';
export {
  type Budget,
  type Cap,
  defineCap,
  defineEffect,
  defineSecret,
  type Effect,
  type Grant,
  grant,
  type Secret,
  useSecret,
} from './authority.js';
export { allItems, anyItem, cond, filterItems, mapItems, match } from './binders.js';
export { formatAir } from './format.js';
export { value } from './literal.js';
export {
  defineMigration,
  definePure,
  defineReducer,
  type Migration,
  type PureModule,
  type Reducer,
} from './modules.js';
export {
  add,
  and,
  coalesce,
  concat,
  contains,
  div,
  endsWith,
  eq,
  ge,
  get,
  gt,
  has,
  hashBytes,
  le,
  len,
  lt,
  mod,
  mul,
  ne,
  not,
  or,
  outcome,
  startsWith,
  sub,
  toText,
} from './operators.js';
export {
  definePlan,
  type Ended,
  type Handle,
  type Handles,
  type Plan,
  type PlanBuilder,
  type Step,
  type StepOptions,
} from './plan.js';
export {
  allow,
  definePolicy,
  deny,
  generatePolicy,
  type Match,
  type Policy,
  requireApproval,
} from './policy.js';
export type { Expr, Input, Shape, Typed, ValueOf } from './shape.js';
export { sys } from './sys.js';
export { type Infer, type Name, type Schema, type ShapeOf, schema, type Type, t } from './types.js';
export {
  defineWorld,
  type Inbox,
  inbox,
  type Route,
  route,
  type Trigger,
  trigger,
  type World,
  type WorldSpec,
} from './world.js';
