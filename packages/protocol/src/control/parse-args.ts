/** Reading the arguments of each control verb: names, types and bounds, nothing of the world. */
import { attempt, type Result } from '@aos/canon';
import { ENTRY_KINDS } from '../entries/entry.js';
import { INPUT_KINDS } from '../inputs/input.js';
import { RECEIPT_STATUSES } from '../signed/receipt-body.js';
import { ArgsReader, wrongArgs } from './args-reader.js';
import { governanceReaders } from './governance-args.js';
import { growthReaders } from './growth-args.js';
import type { PlainValue } from './plain-value.js';
import { WAIT_LEVELS } from './shapes.js';
import { STANDINGS } from './trace-shapes.js';
import type { ControlArgs, ControlStream, ControlVerb } from './verbs.js';

/** Longest wait for rest or for a record, in milliseconds. */
const MAX_WAIT_MS = 3_600_000;
const DEFAULT_WAIT_MS = 30_000;

/** Most items of one page. */
const MAX_PAGE = 10_000;
/** Most places that one answer explains: others wait while they are walked. */
const MAX_PLACES = 20_000;
/** Most stories of one page: each is gathered from several records. */
const MAX_STORIES = 1000;
const MAX_NAME_CHARS = 1024;

/** Which state of a world is meant. */
export type StateAt =
  | { readonly kind: 'head' }
  | { readonly kind: 'exact' | 'at_least'; readonly seq: number };

const verbReaders = {
  status: (args: ArgsReader) => ({ authoring: args.flag('authoring') }),
  'event.send': (args: ArgsReader) => ({
    schema: nameOf(args, 'schema'),
    ...valueFormOf(args),
    key: args.raw('key'),
    keyCbor: args.bytesMaybe('key_cbor'),
    source: args.textMaybe('source'),
    dedup: args.textMaybe('dedup'),
    ...waitOf(args),
  }),
  'plan.start': (args: ArgsReader) => ({
    plan: nameOf(args, 'plan'),
    ...valueFormOf(args),
    dedup: args.textMaybe('dedup'),
    ...waitOf(args),
  }),
  'receipt.draft': (args: ArgsReader) => ({
    intent: nameOf(args, 'intent'),
    status: args.oneOf('status', RECEIPT_STATUSES),
    ...valueFormOf(args),
  }),
  'receipt.send': (args: ArgsReader) => ({
    receipt: receiptOf(args.inner('receipt')),
    payload: args.bytes('payload'),
    ...signatureOf(args),
    ...waitOf(args),
  }),
  'frame.send': (args: ArgsReader) => ({
    frame: frameOf(args.inner('frame')),
    payload: args.bytes('payload'),
    ...signatureOf(args),
    ...waitOf(args),
  }),
  'verb.send': (args: ArgsReader) => ({
    verb: nameOf(args, 'verb'),
    args: args.bytes('args'),
    nonce: args.bytes('nonce'),
    ...signatureOf(args),
    ...waitOf(args),
  }),
  'state.get': (args: ArgsReader) => ({
    reducer: nameOf(args, 'reducer'),
    ...keyOf(args),
    at: atOf(args),
    timeoutMs: timeoutOf(args),
    cbor: args.flag('cbor'),
  }),
  'cells.list': (args: ArgsReader) => ({
    reducer: nameOf(args, 'reducer'),
    prefix: args.textMaybe('prefix'),
    from: args.raw('from'),
    before: args.raw('before'),
    after: args.raw('after'),
    limit: pageOf(args, 100),
    at: atOf(args),
    timeoutMs: timeoutOf(args),
  }),
  'blob.get': (args: ArgsReader) => ({
    hash: args.hash('hash'),
    offset: args.countMaybe('offset') ?? 0,
    length: args.countMaybe('length'),
  }),
  'blob.put': (args: ArgsReader) => ({ bytes: args.bytes('bytes') }),
  'definition.list': (args: ArgsReader) => ({
    kinds: args.textsMaybe('kinds'),
    prefix: args.textMaybe('prefix') ?? '',
  }),
  'definition.get': (args: ArgsReader) => ({
    name: nameOf(args, 'name'),
    kind: args.textMaybe('kind'),
  }),
  'manifest.get': none,
  'keyring.list': none,
  'journal.head': none,
  'intents.list': (args: ArgsReader) => ({
    prefix: args.textMaybe('prefix'),
    state: args.textMaybe('state'),
    after: args.hashMaybe('after'),
    limit: pageOf(args, 1000),
  }),
  'effects.list': (args: ArgsReader) => ({
    effect: args.textMaybe('effect'),
    standing: args.oneOfMaybe('standing', STANDINGS),
    limit: storiesOf(args),
  }),
  'receipts.list': (args: ArgsReader) => ({
    before: args.countMaybe('before'),
    effect: args.textMaybe('effect'),
    intent: args.hashMaybe('intent'),
    status: args.oneOfMaybe('status', RECEIPT_STATUSES),
    limit: storiesOf(args),
  }),
  'plans.list': (args: ArgsReader) => ({
    plan: args.textMaybe('plan'),
    limit: pageOf(args, 1000),
    at: atOf(args),
    timeoutMs: timeoutOf(args),
  }),
  trace: (args: ArgsReader) => ({
    what: args.textMaybe('what'),
    limit: args.countMaybe('limit', { least: 1, most: MAX_PLACES }),
  }),
  why: (args: ArgsReader) => ({
    kind: args.oneOf('kind', ['state', 'intent', 'event', 'instance']),
    what: nameOf(args, 'what'),
    ...keyOf(args),
    forward: args.flag('forward'),
    history: args.countMaybe('history', { most: MAX_PLACES }) ?? 0,
    limit: args.countMaybe('limit', { most: MAX_PLACES }) ?? 200,
  }),
  'dead-letters.list': none,
  'denials.list': none,
  quiesce: (args: ArgsReader) => ({
    timeoutMs: timeoutOf(args),
    timers: args.oneOfMaybe('timers', ['list', 'wait']) ?? ('list' as const),
  }),
  snapshot: none,
  'halt.clear': signatureOf,
  metrics: none,
  shutdown: none,
  ...governanceReaders({ signatureOf, waitOf, pageOf }),
  ...growthReaders,
} satisfies { readonly [V in ControlVerb]: (args: ArgsReader) => unknown };

const streamReaders = {
  'journal.tail': (args: ArgsReader) => ({
    from: args.countMaybe('from'),
    count: args.countMaybe('count'),
    kinds: args.wordsMaybe('kinds', [...INPUT_KINDS, ...ENTRY_KINDS]),
    follow: args.flag('follow'),
    cbor: args.flag('cbor'),
  }),
  audit: (args: ArgsReader) => ({
    from: args.countMaybe('from'),
    follow: args.flag('follow'),
  }),
} satisfies { readonly [V in ControlStream]: (args: ArgsReader) => unknown };

const readers = { ...verbReaders, ...streamReaders };

export const CONTROL_VERBS = Object.keys(verbReaders) as readonly ControlVerb[];
export const CONTROL_STREAMS = Object.keys(streamReaders) as readonly ControlStream[];

/** The arguments of a verb as its server takes them. */
export type ParsedArgs<V extends ControlVerb | ControlStream> = ReturnType<(typeof readers)[V]>;

export function isControlVerb(name: string): name is ControlVerb {
  return Object.hasOwn(verbReaders, name);
}

export function isControlStream(name: string): name is ControlStream {
  return Object.hasOwn(streamReaders, name);
}

/** Reads the arguments of a verb or stream. Code: `control-args`, with the path. */
export function parseControlArgs<V extends ControlVerb | ControlStream>(
  verb: V,
  args: PlainValue | ControlArgs<V>,
): Result<ParsedArgs<V>> {
  return attempt(() => {
    const reader = new ArgsReader(args as PlainValue);
    const parsed = readers[verb](reader);
    reader.end();
    return parsed as ParsedArgs<V>;
  });
}

function none(): Readonly<Record<never, never>> {
  return {};
}

function nameOf(args: ArgsReader, name: string): string {
  const text = args.text(name);
  if (text.length <= MAX_NAME_CHARS) return text;
  throw wrongArgs(`/args/${name}`, `at most ${MAX_NAME_CHARS} characters`, text);
}

/** A value in exactly one form. */
export type ValueForm =
  | { readonly form: 'plain'; readonly value: PlainValue }
  | { readonly form: 'json'; readonly text: string }
  | { readonly form: 'cbor'; readonly bytes: Uint8Array };

function valueFormOf(args: ArgsReader): { readonly value: ValueForm } {
  const plain = args.raw('value');
  const text = args.textMaybe('json');
  const bytes = args.bytesMaybe('cbor');
  const forms: ValueForm[] = [];
  if (plain !== undefined) forms.push({ form: 'plain', value: plain });
  if (text !== undefined) forms.push({ form: 'json', text });
  if (bytes !== undefined) forms.push({ form: 'cbor', bytes });
  const [value] = forms;
  if (value !== undefined && forms.length === 1) return { value };
  throw wrongArgs('/args/value', 'one of value, json and cbor', plain);
}

/** A key as a plain value or as JSON text; absent where the verb may do without. */
function keyOf(args: ArgsReader): { readonly key: ValueForm | undefined } {
  const plain = args.raw('key');
  const text = args.textMaybe('key_json');
  if (text !== undefined) {
    if (plain !== undefined) throw wrongArgs('/args/key_json', 'either key or key_json', text);
    return { key: { form: 'json', text } };
  }
  return { key: plain === undefined ? undefined : { form: 'plain', value: plain } };
}

function waitOf(args: ArgsReader) {
  const wait = args.oneOfMaybe('wait', WAIT_LEVELS) ?? ('durable' as const);
  return { wait, timeoutMs: timeoutOf(args) };
}

function timeoutOf(args: ArgsReader): number {
  return args.countMaybe('timeout_ms', { most: MAX_WAIT_MS }) ?? DEFAULT_WAIT_MS;
}

function pageOf(args: ArgsReader, usual: number): number {
  return args.countMaybe('limit', { least: 1, most: MAX_PAGE }) ?? usual;
}

function storiesOf(args: ArgsReader): number {
  return args.countMaybe('limit', { least: 1, most: MAX_STORIES }) ?? 50;
}

function signatureOf(args: ArgsReader) {
  return { keyId: args.hash('key_id'), sig: args.bytes('sig') };
}

function receiptOf(args: ArgsReader) {
  const costCents = args.natMaybe('cost_cents');
  const receipt = {
    ...answerOf(args),
    status: args.oneOf('status', RECEIPT_STATUSES),
    ...(costCents === undefined ? {} : { costCents }),
  };
  args.end();
  return receipt;
}

function frameOf(args: ArgsReader) {
  const frame = { ...answerOf(args), index: args.count('index') };
  args.end();
  return frame;
}

function answerOf(args: ArgsReader) {
  return {
    worldId: args.hash('world_id'),
    epoch: args.count('epoch'),
    intentHash: args.hash('intent_hash'),
    attempt: args.count('attempt'),
    adapterId: args.text('adapter_id'),
    payloadHash: args.hash('payload_hash'),
  };
}

const AT = /^(exact|at_least):(\d{1,15})$/;

function atOf(args: ArgsReader): StateAt {
  const text = args.textMaybe('at') ?? 'head';
  if (text === 'head') return { kind: 'head' };
  const [, kind, digits] = AT.exec(text) ?? [];
  if (kind === 'exact' || kind === 'at_least') return { kind, seq: Number(digits) };
  throw wrongArgs('/args/at', "'head', 'exact:<record>' or 'at_least:<record>'", text);
}
