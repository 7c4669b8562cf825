/** What happens to a world from outside: one raw input after the other, as its state invites. */
import type { WorldDefinition } from '@aos/air';
import { toHex } from '@aos/canon';
import type { RawInput, World } from '@aos/kernel';
import type { Stamp } from '@aos/protocol';
import type { GeneratedDefinition } from '../palette/palette.js';
import type { Random } from '../random.js';
import { Commands } from './commands.js';
import { EventInputs } from './event-inputs.js';
import type { KnownIntent, Outside } from './outside.js';
import { ReceiptInputs } from './receipt-inputs.js';
import { VerbInputs } from './verb-inputs.js';

/** Enough that each of those who may decide has most likely tried. */
const MAX_REJECTIONS = 12;

export class History {
  private readonly events: EventInputs;
  readonly receipts: ReceiptInputs;
  private readonly verbs: VerbInputs;
  /** How often each intent was asked to be rejected. */
  private readonly rejections = new Map<string, number>();
  private nowNs = 1_700_000_000_000_000_000n;

  constructor(
    private readonly random: Random,
    generated: GeneratedDefinition,
    private readonly outside: Outside,
    /** Of a manifest in hexadecimal, where there are several. */
    definitionOf: (manifest: string) => WorldDefinition = () => generated.definition,
  ) {
    const { definition } = generated;
    this.events = new EventInputs(random, generated, new Commands(random, definition, outside));
    this.receipts = new ReceiptInputs(random, definitionOf, outside);
    this.verbs = new VerbInputs(random, outside);
  }

  next(world: World): RawInput {
    const { random, outside } = this;
    if (world.mode !== 'running' && random.chance(0.5)) return this.verbs.control(world);
    if (outside.asked.size > 0 && random.chance(0.2)) return this.verbs.approval(world);
    const input = random.weighted<() => RawInput>([
      [outside.open.size > 0 ? 40 : 3, () => this.receipts.receipt(world)],
      [outside.open.size > 0 ? 8 : 1, () => this.receipts.frame(world)],
      [6, () => this.verbs.control(world)],
      [3, () => this.verbs.keyring()],
      [2, () => this.verbs.approval(world)],
      [outside.wakeAtNs === undefined ? 1 : 15, () => ({ kind: 'tick' })],
      [world.pending.length === 0 ? 1 : 20, () => ({ kind: 'continue' })],
      [45, () => this.events.next()],
    ]);
    return input();
  }

  /**
   * What leads to rest: work that is left over, time that something waits for, an answer that is
   * owed. Nothing when there is nothing to do but wait for events.
   */
  toRest(world: World): { readonly raw: RawInput; readonly atNs?: bigint } | undefined {
    const { outside } = this;
    if (world.mode !== 'running') return { raw: this.verbs.resume() };
    if (world.pending.length > 0) return { raw: { kind: 'continue' } };
    const waiting = outside.waiting().find((intent) => this.mayReject(intent));
    const [released] = outside.released();
    if (waiting !== undefined) return { raw: this.verbs.reject(waiting.hash) };
    if (released !== undefined) return { raw: this.receipts.answer(world, released) };
    const { wakeAtNs: atNs } = outside;
    return atNs === undefined ? undefined : { raw: { kind: 'tick' }, atNs };
  }

  /** There may be nobody left who may decide: after a few tries an approval is left waiting. */
  private mayReject({ hash }: KnownIntent): boolean {
    const key = toHex(hash);
    const tries = (this.rejections.get(key) ?? 0) + 1;
    this.rejections.set(key, tries);
    return tries <= MAX_REJECTIONS;
  }

  /** Logical time goes on or stands; wall time does as it likes. */
  stamp({ logicalNowNs: lastNs }: World, atNs?: bigint): Stamp {
    const { random } = this;
    const passed = BigInt(random.pick([0, 1, 300, 2500]));
    const logicalNowNs = atNs === undefined ? lastNs + passed : atNs > lastNs ? atNs : lastNs;
    this.nowNs += BigInt(random.below(2000)) - 500n;
    return {
      nowNs: this.nowNs,
      logicalNowNs,
      entropy: random.bytes(32),
    };
  }
}
