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
export { allItems, anyItem, cond, filterItems, mapItems, match } from './expr/binders.js';
export { value } from './expr/literal.js';
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
} from './expr/operators.js';
export type { Expr, Input, Typed } from './expr/typed.js';
export { formatAir } from './format.js';
export { defineMigration, defineReducer, type Migration, type Reducer } from './modules.js';
export type {
  Ended,
  Handle,
  Handles,
  Plan,
  PlanBuilder,
  Step,
  StepOptions,
} from './plan/builder.js';
export { definePlan } from './plan/plan.js';
export {
  allow,
  definePolicy,
  deny,
  generatePolicy,
  type Match,
  type Policy,
  requireApproval,
} from './policy.js';
export { definePure, type PureModule } from './pure.js';
export type { Shape, ValueOf } from './shape.js';
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
