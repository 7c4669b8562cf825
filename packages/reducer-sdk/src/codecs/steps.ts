/** The typed call: what the entry function of a module is given. */
import { type Codec, nullableType } from './codec.js';

/** An event or effect that the module may send, and the codec of its content. */
export interface Outgoing {
  /** `demo/Started@1` of an event, `timer.set` of an effect. */
  readonly name: string;
  /** How the method that sends it is called, after its verb. */
  readonly suffix: string;
  readonly codec: Codec;
}

export interface StepTypes {
  readonly module: string;
  readonly state: Codec;
  readonly event: Codec;
  readonly annotations: Codec | undefined;
  readonly key: Codec | undefined;
  readonly events: readonly Outgoing[];
  readonly effects: readonly Outgoing[];
}

export function stepText(types: StepTypes): string {
  const { module, state, event, events, effects } = types;
  const more = [annotateText(types), keyText(types)];
  return `
/** One call of ${module}. */
export class Step extends Call {
  /** Null before the first event, and for a cell that was deleted. */
  readonly state: ${nullableType(state)};
  readonly event: ${event.type};

  constructor(input: ReducerEnvelope) {
    super(input);
    this.state = readOldState(input);
    const from = input.event.reader();
    this.event = ${event.read('from')};
    from.finish();
  }

  setState(state: ${state.type}): void {
    ${state.write('this.openState()', 'state')};
  }
${[...more, ...events.map(raiseText), ...effects.map(emitText)].join('')}}

function readOldState(input: ReducerEnvelope): ${nullableType(state)} {
  if (input.state.isMissing) return null;
  const from = input.state.reader();
  const state = ${presentState(state)};
  from.finish();
  return state;
}
`;
}

function presentState(state: Codec): string {
  const found = state.read('from');
  return state.isReference ? found : `new Some<${state.type}>(${found})`;
}

function annotateText({ annotations }: StepTypes): string {
  if (annotations === undefined) return '';
  return `
  /** Leaves a note beside the step; the last one stands. */
  annotate(note: ${annotations.type}): void {
    ${annotations.write('this.openNote()', 'note')};
  }
`;
}

function keyText({ key }: StepTypes): string {
  if (key === undefined) return '';
  return `
  /** The key of this cell; it comes with the context, so the module must declare one. */
  get cellKey(): ${key.type} {
    const context = this.context;
    const from = context ? context.keyReader : null;
    if (!from) return unreachable();
    const key = ${key.read('from')};
    from.finish();
    return key;
  }
`;
}

/** The only value of a unit goes without saying. */
function raiseText({ name, suffix, codec }: Outgoing): string {
  const value = codec.isUnit ? '' : `value: ${codec.type}, `;
  return `
  raise${suffix}(${value}key: Uint8Array | null = null): void {
    ${codec.write(`this.openEvent('${name}', key)`, codec.isUnit ? '0' : 'value')};
    this.closeEvent(key);
  }
`;
}

function emitText({ name, suffix, codec }: Outgoing): string {
  return `
  emit${suffix}(
    params: ${codec.type},
    slot: string | null = null,
    idempotencyKey: Uint8Array | null = null,
  ): void {
    ${codec.write(`this.openEffect('${name}', slot, idempotencyKey)`, 'params')};
    this.closeEffect(slot, idempotencyKey);
  }
`;
}

/** The typed call of a pure module. */
export function runText(module: string, input: Codec, output: Codec): string {
  return `
/** One call of ${module}. */
export class Run extends PureCall {
  readonly input: ${input.type};

  constructor(envelope: PureEnvelope) {
    super(envelope);
    const from = envelope.input.reader();
    this.input = ${input.read('from')};
    from.finish();
  }

  setOutput(output: ${output.type}): void {
    ${output.write('this.openOutput()', 'output')};
  }
}
`;
}
