/** One plan being drafted: steps in an order, and edges from earlier to later ones only. */
import type { Random } from '../random.js';
import type { Authority } from './authority-palette.js';
import { type Json, ref } from './json.js';
import { deepRequest, nativeRequest } from './native-palette.js';

/** Something a later step may wait for or cancel. */
interface Handle {
  readonly name: string;
  readonly step: string;
  readonly kind: 'effect' | 'plan' | 'plans';
}

const INPUT = '@plan.input';
const FIELDS = ['id', 'n', 'do', 'label'] as const;

/** Truths that depend on the input, and expressions that fail. */
const CONDITIONS: readonly Json[] = [
  { op: 'lt', args: [ref(`${INPUT}.n`), { nat: 24 }] },
  { op: 'ge', args: [ref(`${INPUT}.n`), { nat: 24 }] },
  { op: 'eq', args: [ref(`${INPUT}.label`), { text: 'a' }] },
  { bool: true },
  { bool: false },
  { op: 'lt', args: [{ op: 'div', args: [{ nat: 100 }, ref(`${INPUT}.n`)] }, { nat: 10 }] },
];

export interface DraftOptions {
  readonly isCorrelated: boolean;
  /** Has an output, and spawns nothing. */
  readonly isChild: boolean;
  readonly authority: Authority;
}

export class PlanDraft {
  readonly steps: Json[] = [];
  readonly edges: Json[] = [];
  private readonly handles: Handle[] = [];
  /** Steps that bind a variable that is a number, by the variable. */
  private readonly numbers = new Map<string, string>();

  constructor(
    private readonly random: Random,
    private readonly options: DraftOptions,
  ) {}

  /** Adds one step, or two, and their edges. */
  add(): void {
    const { random } = this;
    const [effect] = random.shuffled(this.handles).filter(({ kind }) => kind === 'effect');
    const [handle] = random.shuffled(this.handles);
    const add = random.weighted<() => void>([
      [12, () => this.assign()],
      [17, () => this.raise()],
      [20, () => this.emit()],
      [10, () => this.awaitEvent()],
      [this.options.isChild ? 0 : 12, () => this.spawn()],
      [effect === undefined ? 0 : 20, () => this.awaitReceipt(effect as Handle)],
      [handle === undefined ? 0 : 15, () => this.awaitHandle(handle as Handle)],
      [handle === undefined ? 0 : 6, () => this.cancel(handle as Handle)],
    ]);
    add();
  }

  /** A plan with an output must end with a result; another one may end anywhere, or nowhere. */
  finish(): void {
    if (this.options.isChild) this.push({ op: 'end', result: { n: 7 } });
    else if (this.random.chance(0.6)) this.push({ op: 'end' });
  }

  private assign(): void {
    const { random } = this;
    const [known] = random.shuffled([...this.numbers]);
    const [from, reads] =
      known === undefined ? [`${INPUT}.n`, []] : [`@var:${known[0]}`, [known[1]]];
    const step = this.nextId();
    const expr = { op: 'add', args: [ref(from), { nat: 1 }] };
    this.push({ op: 'assign', expr, bind: { as: `v_${step}` } }, reads);
    this.numbers.set(`v_${step}`, step);
  }

  private raise(): void {
    const input = (...names: readonly string[]): Json =>
      Object.fromEntries(names.map((name) => [name, ref(`${INPUT}.${name}`)]));
    const value = this.random.pick<Json>([
      { event: 'g/Do@1', value: { record: { ...input('id', 'do'), other: { nat: 1 } } } },
      { event: 'g/Say@1', value: { record: { ...input('id', 'do'), more: { null: {} } } } },
      { event: 'g/Reply@1', value: { record: input('label', 'n') } },
      {
        event: 'g/AEvent@1',
        value: {
          variant: { tag: 'Say', value: { record: { ...input('id', 'do'), more: { null: {} } } } },
        },
      },
    ]);
    this.push({ op: 'raise_event', ...value });
  }

  private emit(): void {
    const { random } = this;
    const step = this.nextId();
    const retry = { max: 3, backoff: { initial_ns: 100, factor: 2, max_ns: 1000 } };
    const { usesNative, usesDeep } = this.options.authority;
    const effect = random.weighted<() => Json>([
      [8, () => this.ownRequest()],
      [1, () => ({ kind: 'introspect.journal_head', params: { record: {} }, cap: 'query' })],
      [usesNative ? 9 : 0, () => nativeRequest(random)],
      [usesDeep ? 9 : 0, deepRequest],
    ])();
    this.push({
      op: 'emit_effect',
      ...effect,
      bind: { effect_id_as: `h_${step}` },
      ...(random.chance(0.3) ? { deadline_ns: random.pick([1, 500, 5000]) } : {}),
      ...(random.chance(0.3) ? { retry } : {}),
      ...(random.chance(0.15) ? { idempotency_key: { hash: KEY } } : {}),
    });
    this.handles.push({ name: `h_${step}`, step, kind: 'effect' });
  }

  private ownRequest(): Json {
    const { random } = this;
    return {
      kind: random.pick(['g.ask', 'g.ask', 'g.ask', 'g.other']),
      params: { record: { n: ref(`${INPUT}.n`), do: ref(`${INPUT}.do`) } },
      cap: random.pick(['ask', 'ask', 'small', 'brief']),
    };
  }

  private awaitReceipt(handle: Handle): void {
    const step = this.nextId();
    const wait = { for: ref(`@var:${handle.name}`), bind: { as: `r_${step}` } };
    this.push({ op: 'await_receipt', ...wait }, [handle.step]);
    if (this.random.chance(0.5)) this.readStatus(step);
  }

  /** Who reads the status of a wait takes what is not ok as well. */
  private readStatus(wait: string): void {
    const step = this.nextId();
    const expr = ref(`@step:${wait}.status`);
    this.push({ op: 'assign', expr, bind: { as: `s_${step}` } }, [wait]);
  }

  private awaitEvent(): void {
    const step = this.nextId();
    const correlated = { op: 'eq', args: [ref('@event.label'), ref('@var:correlation_id')] };
    const predicate = { op: 'ge', args: [ref('@event.n'), ref(`${INPUT}.n`)] };
    const where = this.options.isCorrelated ? { where: correlated } : {};
    const open = this.random.chance(0.5) ? { where: predicate } : {};
    this.push({
      op: 'await_event',
      event: 'g/Reply@1',
      ...(this.options.isCorrelated ? where : open),
      bind: { as: `e_${step}` },
    });
  }

  private spawn(): void {
    const { random } = this;
    const step = this.nextId();
    const input = {
      record: Object.fromEntries(FIELDS.map((name) => [name, ref(`${INPUT}.${name}`)])),
    };
    if (random.chance(0.6)) {
      const bind = { handle_as: `p_${step}` };
      this.push({ op: 'spawn_plan', plan: 'g/child@1', input, bind });
      this.handles.push({ name: `p_${step}`, step, kind: 'plan' });
      return;
    }
    const inputs = { list: Array.from({ length: random.below(5) }, () => input) };
    const bind = { handles_as: `p_${step}` };
    this.push({ op: 'spawn_for_each', plan: 'g/child@1', inputs, max_fanout: 4, bind });
    this.handles.push({ name: `p_${step}`, step, kind: 'plans' });
  }

  private awaitHandle(handle: Handle): void {
    const { random } = this;
    const step = this.nextId();
    const wait = ref(`@var:${handle.name}`);
    const many = handle.kind === 'plans' ? wait : { list: [wait] };
    const op = handle.kind === 'plan' ? 'await_plan' : random.pick(['await_all', 'await_any']);
    const target = op === 'await_plan' ? wait : many;
    this.push({ op, for: target, bind: { as: `j_${step}` } }, [handle.step]);
  }

  private cancel(handle: Handle): void {
    this.push({ op: 'cancel', for: ref(`@var:${handle.name}`) }, [handle.step]);
  }

  private nextId(): string {
    return `s${this.steps.length}`;
  }

  /** Appends a step, with an edge from each that it reads and from some others. */
  private push(step: Json, reads: readonly string[] = []): void {
    const { random } = this;
    const id = this.nextId();
    const others = this.steps.map((each) => each.id as string).filter(() => random.chance(0.35));
    for (const from of new Set([...reads, ...others])) {
      const when = random.chance(0.25) ? { when: random.pick(CONDITIONS) } : {};
      this.edges.push({ from, to: id, ...when });
    }
    this.steps.push({ id, ...step });
  }
}

/** An explicit idempotency key that instances share. */
const KEY = `sha256:${'01'.repeat(32)}`;
