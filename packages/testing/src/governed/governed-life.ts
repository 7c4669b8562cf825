/** A life in which the definition itself is changed, too, while everything else goes on. */
import { parseHashText, toHex } from '@aos/canon';
import { type RawInput, readSnapshotHead, type World } from '@aos/kernel';
import type { JournalRecord } from '@aos/protocol';
import { VerbInputs } from '../inputs/verb-inputs.js';
import type { KernelPort } from '../kernel/kernel-port.js';
import { Life, type LifeOptions } from '../kernel/life.js';
import { Edits } from './edits.js';
import type { GovernedDefinitions } from './governed-definitions.js';
import { KnownProposals, Motions } from './motions.js';

export interface GovernedLifeOptions extends LifeOptions {
  readonly definitions: GovernedDefinitions;
}

const MOTION_CHANCE = 0.4;

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
    this.motions = new Motions(random, { definitions, edits, verbs, disk, known: this.known });
    for (const [text, bytes] of generated.definition.nodes) {
      const hash = parseHashText(text);
      if (hash.ok) disk.store([{ hash: hash.value, bytes }]);
    }
  }

  protected override nextInput(): RawInput {
    const { random, world } = this;
    const isMotion = world.mode === 'running' && random.chance(MOTION_CHANCE);
    return isMotion ? this.motions.next(world) : super.nextInput();
  }

  protected override observe(record: JournalRecord, before: World): void {
    super.observe(record, before);
    this.known.observe(record);
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
