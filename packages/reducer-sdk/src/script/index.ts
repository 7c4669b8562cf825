/** What the author of a reducer in TypeScript imports. It runs in the module and natively alike. */
export { Call } from './call.js';
export {
  list,
  map,
  type NamedShape,
  option,
  type RecordOf,
  record,
  schema,
  set,
  type VariantOf,
  variant,
} from './composites.js';
export { type DomainEvent, type Effect, type EmitOptions, effect } from './effects.js';
export {
  type Answer,
  DELETED,
  type Deleted,
  type Dispatch,
  defineReducer,
  type Next,
  type Reduce,
  type Reducer,
  type ReducerConfig,
  type ReducerShapes,
} from './reducer.js';
export {
  bool,
  bytes,
  dec128,
  duration,
  hash,
  int,
  intNumber,
  nat,
  natNumber,
  text,
  time,
  unit,
  uuid,
} from './scalars.js';
export { type AirType, type Shape, ShapeError, type ValueOf } from './shape.js';
