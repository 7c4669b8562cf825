/** What the author of a reducer in TypeScript imports. It runs in the module and natively alike. */
export { type AirSchema, type AirShapes, airShapes, type TypeOf } from './air.js';
export {
  BlobExistsParams,
  BlobExistsReceipt,
  BlobExistsResult,
  BlobReadParams,
  BlobReadReceipt,
  BlobReadResult,
  BlobWriteParams,
  BlobWriteReceipt,
  BlobWriteResult,
  blobExists,
  blobRead,
  blobWrite,
  EffectReceipt,
} from './blob-effects.js';
export type { Call, Origin, World } from './call.js';
export {
  list,
  map,
  type NamedShape,
  option,
  type RecordOf,
  record,
  type Shapes,
  schema,
  set,
  type VariantOf,
  variant,
} from './composites.js';
export { type DomainEvent, type Effect, type EmitOptions, effect } from './effects.js';
export { type Compute, definePure, type Pure, type PureShapes, type PureWorld } from './pure.js';
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
  backoffNs,
  beginSaga,
  endSaga,
  fenceBytes,
  fenceKey,
  IDLE_SAGA,
  isCurrent,
  isExpired,
  nextAttempt,
  type Retry,
  retrySaga,
  type SagaPolicy,
  SagaState,
} from './saga.js';
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
export {
  BlobGetParams,
  BlobGetReceipt,
  BlobGetResult,
  BlobGetResult2,
  BlobPutParams,
  BlobPutReceipt,
  BlobPutResult,
  BlobPutResult2,
  blobGet,
  blobPut,
  TimerFired,
  TimerFired2,
  TimerSetParams,
  TimerSetReceipt,
  timerSet,
} from './system.js';
export { type Handler, type Handlers, type Machine, match, typestate } from './typestate.js';
export { decodeText, encodeText } from './utf8.js';
