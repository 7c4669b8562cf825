/** Receipts and stream frames: of open intents, and of everything else one could answer. */
import type { CompiledSchema, WorldDefinition } from '@aos/air';
import { encode, type Hash, sha256, utf8 } from '@aos/canon';
import type { RawInput, World } from '@aos/kernel';
import type { ReceiptBody, ReceiptStatus } from '@aos/protocol';
import { encodeAs } from '../kernel/script.js';
import type { Random } from '../random.js';
import { KEYS, type KnownIntent, type Outside } from './outside.js';
import { randomValue } from './random-value.js';

type RawReceipt = Extract<RawInput, { readonly kind: 'receipt' }>;
type RawStreamFrame = Extract<RawInput, { readonly kind: 'stream-frame' }>;

const STATUSES: readonly ReceiptStatus[] = [
  'ok',
  'ok',
  'ok',
  'ok',
  'error',
  'timeout',
  'cancelled',
];
const SIG = new Uint8Array(64);

const NEVER_ASKED: KnownIntent = {
  hash: sha256(utf8('never asked')),
  effect: 'g.ask',
  attempt: 1,
  epoch: 0,
  cap: 'ask',
  params: undefined,
  key: new Uint8Array(32),
  manifest: '',
};

export class ReceiptInputs {
  /** The next frame of each intent, by its hash. */
  private readonly frames = new Map<Hash, number>();

  constructor(
    private readonly random: Random,
    /** Of the manifest that an intent was opened under. */
    private readonly definitionOf: (manifest: string) => WorldDefinition,
    private readonly outside: Outside,
  ) {}

  receipt(world: World): RawReceipt {
    const { random } = this;
    const intent = this.target();
    const status = random.pick(STATUSES);
    const payload = this.payload(intent, status);
    const cost = random.chance(0.5) ? { costCents: BigInt(random.below(12)) } : {};
    const receipt: ReceiptBody = {
      worldId: world.worldId,
      epoch: intent.epoch,
      intentHash: intent.hash,
      attempt: intent.attempt,
      adapterId: 'adapter',
      status,
      payloadHash: sha256(payload),
      ...cost,
      ...(random.chance(0.12) ? this.flaw() : {}),
    };
    return { kind: 'receipt', receipt, payload, keyId: this.signer(), sig: SIG };
  }

  /** What the adapter owes: fit in every way. */
  answer(world: World, intent: KnownIntent): RawReceipt {
    const { type } = this.receiptSchema(intent);
    const payload = encode(randomValue(this.random, type));
    const isFit = payload.length <= world.runtime.limits.receipt_bytes;
    return isFit ? this.answerWith(world, intent, payload) : this.fail(world, intent);
  }

  /** What the adapter owes where it has nothing else. */
  fail(world: World, intent: KnownIntent): RawReceipt {
    return this.answerWith(world, intent, encode({ code: 'effect-failed', message: '' }), 'error');
  }

  /** The same, with this in it. */
  answerWith(
    world: World,
    intent: KnownIntent,
    payload: Uint8Array,
    status: ReceiptStatus = 'ok',
  ): RawReceipt {
    const { hash: intentHash, epoch, attempt } = intent;
    const receipt: ReceiptBody = {
      worldId: world.worldId,
      epoch,
      intentHash,
      attempt,
      adapterId: 'adapter',
      status,
      payloadHash: sha256(payload),
    };
    return { kind: 'receipt', receipt, payload, keyId: KEYS.host.keyId, sig: SIG };
  }

  frame(world: World): RawStreamFrame {
    const { random } = this;
    const intent = this.target();
    const next = this.frames.get(intent.hash) ?? 0;
    const index = random.chance(0.6) ? next : random.below(next + 2);
    if (index === next) this.frames.set(intent.hash, next + 1);
    const payload = random.chance(0.9) ? random.bytes(8) : new Uint8Array(70_000);
    const { status: _, costCents: _cost, ...flaw } = random.chance(0.1) ? this.flaw() : {};
    const frame = {
      worldId: world.worldId,
      epoch: intent.epoch,
      intentHash: intent.hash,
      attempt: intent.attempt,
      adapterId: 'adapter',
      index,
      payloadHash: sha256(payload),
      ...flaw,
    };
    return { kind: 'stream-frame', frame, payload, keyId: this.signer(), sig: SIG };
  }

  /** An open intent mostly; a settled one; one that never was. */
  private target(): KnownIntent {
    const { random, outside } = this;
    const open = [...outside.open.values()];
    if (open.length > 0 && random.chance(0.85)) return random.pick(open);
    if (outside.settled.length > 0 && random.chance(0.8)) return random.pick(outside.settled);
    return NEVER_ASKED;
  }

  private payload(intent: KnownIntent, status: ReceiptStatus): Uint8Array {
    const { random } = this;
    if (random.chance(0.05)) return random.pick([utf8('garbage'), new Uint8Array(70_000)]);
    const { type } =
      status === 'ok' ? this.receiptSchema(intent) : this.schemaOf(intent, 'sys/EffectError@1');
    return encodeAs(randomValue(random, type), random.pick(['canonical', 'loose']));
  }

  private schemaOf({ manifest }: KnownIntent, name: string): CompiledSchema {
    const schema = this.definitionOf(manifest).schemas.get(name);
    if (schema === undefined) throw new Error(`the palette has no schema ${name}`);
    return schema;
  }

  private receiptSchema(intent: KnownIntent): CompiledSchema {
    const effect = this.definitionOf(intent.manifest).effectOf(intent.effect);
    return effect?.receipt ?? this.schemaOf(intent, 'g/Answer@1');
  }

  private flaw(): Partial<ReceiptBody> {
    return this.random.pick<Partial<ReceiptBody>>([
      { worldId: sha256(utf8('another world')) },
      { epoch: 7 },
      { attempt: 9 },
      { payloadHash: sha256(utf8('another payload')) },
      { adapterId: 'a'.repeat(257) },
      { costCents: 2n ** 64n },
    ]);
  }

  private signer(): Hash {
    const { random } = this;
    if (random.chance(0.9)) return random.pick([KEYS.adapter, KEYS.adapter, KEYS.host]).keyId;
    return random.pick([KEYS.ana, KEYS.stranger, KEYS.operator]).keyId;
  }
}
