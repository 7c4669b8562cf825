/** One call of a pure module at the level of bytes: `{version, input, ctx?}` to `{output}`. */
import { BYTES, shortestHeadSize, TAG_SIZE, writeHead, writeTag } from './cbor';
import { ABI_VERSION, Part } from './envelope';
import { Value } from './value';
import { Writer } from './writer';

/** A map of one and its key, `output`. */
const PREFIX = memory.data<u8>([0xa1, 0x66, 0x6f, 0x75, 0x74, 0x70, 0x75, 0x74]);
const PREFIX_SIZE: usize = 8;
const HEADROOM: usize = PREFIX_SIZE + 9;

export class PureEnvelope {
  readonly input: Part = new Part();
  readonly context: Part = new Part();

  constructor(start: usize, size: usize) {
    const fields = Value.decode(start, size);
    if (fields.field('version').asNat() !== ABI_VERSION) unreachable();
    this.input.takeValue(fields.field('input'));
    this.context.takeValue(fields.optional('ctx'));
  }
}

/** What the world tells a pure module that declares a context. */
export class PureContext {
  constructor(private readonly fields: Value) {}

  get logicalNowNs(): u64 {
    return this.fields.field('logical_now_ns').asNat();
  }

  get journalHeight(): u64 {
    return this.fields.field('journal_height').asNat();
  }

  get manifestHash(): string {
    return this.fields.field('manifest_hash').asText();
  }

  /** Name of this module in the manifest. */
  get module(): string {
    return this.fields.field('module').asText();
  }
}

export class PureCall {
  private readonly out: Writer = new Writer();

  constructor(private readonly envelope: PureEnvelope) {}

  /** Null unless the module declares that it needs a context. */
  get context(): PureContext | null {
    const context = this.envelope.context;
    return context.isMissing ? null : new PureContext(context.value());
  }

  /** Where the output is written; the last one stands. */
  protected openOutput(): Writer {
    this.out.at = this.out.start + HEADROOM;
    writeTag(this.out.room(TAG_SIZE));
    return this.out;
  }

  /** Writes address and size of the output, two little-endian u32, at `result`. */
  finish(result: usize): void {
    const content = this.out.start + HEADROOM;
    if (this.out.at < content) unreachable();
    const size = this.out.at - content;
    const head = content - shortestHeadSize(size as u64);
    writeHead(head, BYTES, size as u64);
    const start = head - PREFIX_SIZE;
    memory.copy(start, PREFIX, PREFIX_SIZE);
    store<u32>(result, start as u32);
    store<u32>(result, (this.out.at - start) as u32, 4);
  }
}
