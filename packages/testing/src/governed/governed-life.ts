/** A life in which the definition itself is changed, too, while everything else goes on. */
import { encode, parseHashText, toHex } from '@aos/canon';
import { type RawInput, readSnapshotHead, type World } from '@aos/kernel';
import type { JournalRecord } from '@aos/protocol';
import { VerbInputs } from '../inputs/verb-inputs.js';
import type { KernelPort } from '../kernel/kernel-port.js';
import { type Kept, Life, type LifeOptions } from '../kernel/life.js';
import type { ObjectMemory } from '../kernel/object-disk.js';
import { Edits } from './edits.js';
import type { GovernedDefinitions } from './governed-definitions.js';
import { KnownProposals, Motions } from './motions.js';

export interface GovernedLifeOptions extends LifeOptions {
  readonly definitions: GovernedDefinitions;
}

const MOTION_CHANCE = 0.6;
/** Events that a plan waits after for another definition. */
const SLOW_CHANCE = 0.04;

export class GovernedLife extends Life {
  readonly motions: Motions;
  private readonly known = new KnownProposals();

  constructor(
    kernel: KernelPort,
    seed: number,
    override readonly options: GovernedLifeOptions,
  ) {
    super(kernel, seed, options);
    const { definitions } = options;
    const { generated, random, disk } = this;
    const { nodes } = definitions.find(toHex(generated.definition.manifestHash));
    const edits = new Edits(random, generated, nodes);
    const verbs = new VerbInputs(random, this.outside);
    const { known, outside } = this;
    const { receipts } = this.history;
    const tools = { definitions, edits, verbs, disk, known, outside, receipts };
    this.motions = new Motions(random, tools);
    for (const [text, bytes] of generated.definition.nodes) {
      const hash = parseHashText(text);
      if (hash.ok) disk.store([{ hash: hash.value, bytes }]);
    }
  }

  override begin(memory: ObjectMemory): World {
    return this.compiled(super.begin(memory));
  }

  override reopen(kept: Kept, memory: ObjectMemory): World {
    return this.compiled(super.reopen(kept, memory));
  }

  /** Long drills compile for each world anew. */
  private compiled(world: World): World {
    const { programs } = this.options.definitions;
    return process.env.AOS_DRILL === 'large' ? world : { ...world, programs };
  }

  protected override nextInput(): RawInput {
    const { random, world } = this;
    if (random.chance(SLOW_CHANCE)) return { schema: 'g/Slow@1', cbor: encode({ n: 1 }) };
    const isMotion = world.mode === 'running' && random.chance(MOTION_CHANCE);
    return isMotion ? this.motions.next(world) : super.nextInput();
  }

  protected override observe(record: JournalRecord, before: World): void {
    super.observe(record, before);
    this.known.observe(record);
    this.countTypes(record, before);
  }

  /** What becomes of states and reducers where types of them change. */
  private countTypes({ entries }: JournalRecord, { program, cells, retired }: World): void {
    for (const entry of entries) {
      if (entry.kind === 'governance-changed' && entry.change === 'applied') {
        const back = retired.filter(({ reducer }) =>
          this.world.program.reducersByName.has(reducer),
        );
        this.coverage.count('life reducer back', back.length);
      }
      if (entry.kind !== 'state-changed' || entry.before === null) continue;
      const reducer = program.reducersByName.get(entry.reducer);
      const table = reducer && cells[reducer.index];
      if (reducer === undefined || table?.kind !== 'single' || table.cell === null) continue;
      const from = toHex(table.cell.schema);
      if (from === toHex(reducer.stateSchema)) continue;
      const next = program.migrations.get(entry.reducer)?.get(from);
      const isChain = next !== undefined && toHex(next.to) !== toHex(reducer.stateSchema);
      this.coverage.count(isChain ? 'life migrated in steps' : 'life migrated at once');
    }
  }

  protected override forget(): void {
    super.forget();
    this.known.reset();
  }

  /** The definition that a snapshot names is opened from the objects of the world. */
  protected override definitionOf(bytes: Uint8Array) {
    const head = readSnapshotHead(bytes);
    if (!head.ok) return super.definitionOf(bytes);
    const opened = this.options.definitions.open(head.value.manifest, this.disk);
    return opened ?? super.definitionOf(bytes);
  }
}
