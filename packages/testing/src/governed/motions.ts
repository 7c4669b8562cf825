/**
 * What people do with the definition of a world: they propose, shadow, approve, reject, withdraw
 * and apply, mostly one after the other, and now and then as nobody may.
 */
import { compilePatch, diffWorlds, type GovernanceRule } from '@aos/air';
import { decode, encode, fromHex, type Hash, sha256, toHex, utf8, type Value } from '@aos/canon';
import type { RawInput, World } from '@aos/kernel';
import type { GovernanceVerb, JournalRecord, KeyringEntry } from '@aos/protocol';
import { parseVerb } from '@aos/protocol';
import { KEYS, type KnownIntent, type Outside } from '../inputs/outside.js';
import type { ReceiptInputs } from '../inputs/receipt-inputs.js';
import type { VerbInputs } from '../inputs/verb-inputs.js';
import type { ObjectDisk } from '../kernel/object-disk.js';
import type { Random } from '../random.js';
import type { Edits } from './edits.js';
import type { GovernedDefinitions, Patch } from './governed-definitions.js';

/** A proposal as everybody sees it who reads the journal. */
export interface KnownProposal {
  readonly id: number;
  readonly base: Hash;
  readonly patchHash: Hash;
  /** In hexadecimal: the effect of the plan that asked for it. */
  readonly intent: string | undefined;
  readonly shadow: Hash | undefined;
  readonly isOpen: boolean;
  readonly isApproved: boolean;
}

/** Collects proposals from records. */
export class KnownProposals {
  readonly all: KnownProposal[] = [];

  observe({ input, entries }: JournalRecord): void {
    for (const entry of entries) {
      if (entry.kind !== 'governance-changed') continue;
      const { proposal: id, change, hash } = entry;
      const known = this.all[id];
      if (change === 'proposed' && input.kind === 'governance') {
        const verb = parseVerb(input.verb, input.args);
        if (!verb.ok || verb.value.verb !== 'propose') throw new Error('nobody proposed this');
        const { base, patchHash, intent } = verb.value;
        this.all[id] = {
          id,
          base,
          patchHash,
          intent: intent === undefined ? undefined : toHex(intent),
          shadow: undefined,
          isOpen: true,
          isApproved: false,
        };
      } else if (known === undefined) throw new Error(`proposal ${id} comes from nowhere`);
      else if (change === 'shadowed') this.all[id] = { ...known, shadow: hash, isApproved: false };
      else if (change === 'voided')
        this.all[id] = { ...known, shadow: undefined, isApproved: false };
      else if (change === 'approved' || change === 'retracted')
        this.all[id] = { ...known, isApproved: change === 'approved' };
      else if (change === 'rejected' || change === 'withdrawn' || change === 'applied')
        this.all[id] = { ...known, isOpen: false };
    }
  }

  reset(): void {
    this.all.length = 0;
  }
}

export interface MotionTools {
  readonly definitions: GovernedDefinitions;
  readonly edits: Edits;
  readonly verbs: VerbInputs;
  readonly disk: ObjectDisk;
  readonly known: KnownProposals;
  readonly outside: Outside;
  readonly receipts: ReceiptInputs;
}

const PEOPLE = [KEYS.ana, KEYS.ben, KEYS.operator];

/** Somebody who may do this, as far as roles and names go; now and then anybody. */
function signerOf(random: Random, world: World, verb: GovernanceRule['verb']): KeyringEntry {
  const { definition } = world.program;
  const policy = definition.manifest.defaults?.policy;
  const rules = policy === undefined ? [] : definition.find('defpolicy', policy)?.governance;
  const own = (rules ?? []).filter((rule) => rule.verb === verb);
  const rule = own.length === 0 ? { role: 'operator' as const } : random.pick(own);
  const names = 'of' in rule ? rule.of : undefined;
  const fit = PEOPLE.filter(
    ({ name, roles }) => roles.includes(rule.role) && names?.includes(name) !== false,
  );
  return random.pick(fit.length === 0 || random.chance(0.1) ? PEOPLE : fit);
}

export class Motions {
  /** Hexadecimal hashes: the manifest that each patch was made for. */
  readonly intended = new Map<string, string>();

  constructor(
    private readonly random: Random,
    private readonly tools: MotionTools,
  ) {}

  next(world: World): RawInput {
    const { random } = this;
    const asked = this.tools.outside.released().filter(({ effect }) => isDuty(effect));
    const duty = asked.length > 0 && random.chance(0.7) ? this.serve(world, asked) : undefined;
    if (duty !== undefined) return duty;
    const open = this.tools.known.all.filter(({ isOpen }) => isOpen);
    const fresh = open.filter(({ base }) => isSame(base, manifestOf(world)));
    if (fresh.length === 0 || random.chance(0.1)) return this.propose(world);
    const proposal = random.pick(fresh.length > 0 && random.chance(0.95) ? fresh : open);
    if (random.chance(0.2)) return this.anything(world, proposal);
    if (proposal.shadow === undefined) return this.shadow(world, proposal);
    if (!proposal.isApproved) return this.approve(world, proposal);
    if (random.chance(0.1)) return this.takeBack(proposal);
    return this.apply(world, proposal);
  }

  /** A no of whoever may have said yes. */
  private takeBack({ id: proposal, base, patchHash }: KnownProposal): RawInput {
    return this.signed({ verb: 'reject', proposal, base, patchHash }, this.random.pick(PEOPLE));
  }

  /** What a host does for a plan that asks for it; undefined where there is nothing to do. */
  private serve(world: World, asked: readonly KnownIntent[]): RawInput | undefined {
    const { random } = this;
    const { all } = this.tools.known;
    const intent = random.pick(asked);
    const params = paramsOf(intent);
    if (intent.effect === 'governance.shadow') {
      const known = all[Number(params.get('proposal_id'))];
      if (!known?.isOpen) return undefined;
      return known.shadow === undefined
        ? this.shadow(world, known)
        : this.tools.receipts.answer(world, intent);
    }
    const known = all.find((each) => each.intent === toHex(intent.hash));
    if (known === undefined && !mayPropose(world) && random.chance(0.7)) {
      return this.tools.receipts.fail(world, intent);
    }
    if (known === undefined || random.chance(0.1)) {
      const base = manifestOf(world);
      const patchHash = hashOf(String(params.get('patch_hash')).slice('sha256:'.length));
      const ref = { base, patchHash, intent: intent.hash };
      return this.signed({ verb: 'propose', ...ref, description: '' }, KEYS.host);
    }
    const { id: proposal_id } = known;
    const patch_hash = params.get('patch_hash') as string;
    const answer = { proposal_id, patch_hash, manifest_base: null };
    return this.tools.receipts.answerWith(world, intent, encode(answer));
  }

  private anything(world: World, proposal: KnownProposal): RawInput {
    const { random } = this;
    const { id, base, patchHash } = proposal;
    const any = random.pick(this.tools.known.all);
    return random.pick<() => RawInput>([
      () => this.shadow(world, proposal),
      () => this.approve(world, proposal),
      () => this.approve(world, { ...proposal, shadow: any.shadow }),
      () => this.approve(world, { ...any, id }),
      () => this.apply(world, random.pick([proposal, any, { ...any, id: 99 }])),
      () => {
        const proposal = random.pick([id, any.id]);
        return this.signed({ verb: 'withdraw', proposal }, signerOf(random, world, 'withdraw'));
      },
      () =>
        this.signed(
          { verb: 'reject', proposal: id, base, patchHash },
          signerOf(random, world, 'reject'),
        ),
    ])();
  }

  private shadow({ seq }: World, { id: proposal, base, patchHash }: KnownProposal): RawInput {
    const { random } = this;
    const bytes = utf8(`report ${random.below(3)}`);
    const shadowHash = sha256(bytes);
    if (random.chance(0.95)) this.tools.disk.store([{ hash: shadowHash, bytes }]);
    const atSeq = random.chance(0.95) ? Math.max(0, seq - 1) : seq + 5;
    const signer = random.chance(0.9) ? KEYS.host : KEYS.ana;
    const ref = { proposal, base, patchHash };
    return this.signed({ verb: 'shadowed', ...ref, shadowHash, atSeq }, signer);
  }

  /** By a key, or by a plan of the world. */
  private approve(world: World, known: KnownProposal): RawInput {
    const { random } = this;
    const { id: proposal, base, patchHash, shadow } = known;
    if (random.chance(0.15)) {
      return { schema: 'g/Approve@1', cbor: encode({ proposal, no: false }) };
    }
    const shadowHash = shadow ?? sha256(utf8('report 0'));
    const expiresNs = world.logicalNowNs + BigInt(random.pick([1, 400, 4000]));
    const expiry = random.chance(0.2) ? { expiresNs } : {};
    const ref = { proposal, base, patchHash };
    const signer = signerOf(random, world, 'approve');
    return this.signed({ verb: 'approve', ...ref, shadowHash, ...expiry }, signer);
  }

  private apply(world: World, { id: proposal }: KnownProposal): RawInput {
    const { random } = this;
    if (random.chance(0.25)) return { schema: 'g/Apply@1', cbor: encode({ proposal }) };
    return this.signed({ verb: 'apply', proposal }, signerOf(random, world, 'apply'));
  }

  private propose(world: World): RawInput {
    const { random } = this;
    const base = manifestOf(world);
    const patchHash = random.chance(0.85) ? this.patch(base) : this.unfitPatch(base);
    const description = random.pick(['', 'because']);
    if (random.chance(0.3)) {
      return { schema: 'g/Agent@1', cbor: encode({ patch: `sha256:${toHex(patchHash)}` }) };
    }
    const signer = signerOf(random, world, 'propose');
    return this.signed({ verb: 'propose', base, patchHash, description }, signer);
  }

  /** A patch from a definition to an edited one, or one that was made before. */
  private patch(base: Hash): Hash {
    const { random } = this;
    const { definitions, disk } = this.tools;
    const made = definitions.patches.get(toHex(base)) ?? [];
    definitions.patches.set(toHex(base), made);
    const isNew = made.length === 0 || random.chance(0.4);
    const patch = isNew ? this.newPatch(base) : random.pick(made);
    if (patch === undefined) return this.unfitPatch(base);
    if (isNew) made.push(patch);
    disk.store([patch]);
    this.intended.set(toHex(patch.hash), toHex(patch.manifest));
    return patch.hash;
  }

  private newPatch(base: Hash): Patch | undefined {
    const { definitions, edits } = this.tools;
    const from = definitions.find(toHex(base));
    const to = definitions.load(edits.next(from.nodes));
    const document = to === undefined ? undefined : diffWorlds(from.definition, to);
    if (to === undefined || !document?.ok || document.value === undefined) return undefined;
    const outcome = compilePatch(document.value as never, { world: from.definition });
    if (!outcome.ok) throw new Error(`a difference is no patch: ${outcome.findings[0]?.code}`);
    const { patchHash: hash, document: normal } = outcome.patch;
    return { hash, bytes: encode(normal as never), manifest: to.manifestHash };
  }

  /** Bytes that are no patch, one that cannot be, one from elsewhere, or nothing at all. */
  private unfitPatch(base: Hash): Hash {
    const { random } = this;
    const broken = (patches: readonly unknown[]) =>
      encode({ version: '1', base_manifest_hash: `sha256:${toHex(base)}`, patches } as never);
    const bytes = random.pick([
      utf8('no patch'),
      encode({ version: '9' }),
      broken([{ remove_def: { kind: 'defmodule', name: 'g/A@1', pre_hash: `sha256:${ZEROS}` } }]),
      broken([{ add_def: { kind: 'defschema', node: { $kind: 'defschema', name: 'sys/X@1' } } }]),
      broken([{ set_features: { pre_hash: `sha256:${ZEROS}`, features: [] } }]),
      broken([{ nonsense: {} }]),
      broken([]),
    ]);
    const hash = sha256(bytes);
    const old = [...this.intended.keys()];
    if (old.length > 0 && random.chance(0.3)) return hashOf(random.pick(old));
    if (random.chance(0.2)) return sha256(utf8('nowhere'));
    this.tools.disk.store([{ hash, bytes }]);
    return hash;
  }

  private signed(verb: GovernanceVerb, signer: KeyringEntry): RawInput {
    return this.tools.verbs.signed('governance', verb, signer);
  }
}

/** Whether the rules let plans propose. */
function mayPropose({ program }: World): boolean {
  const { find, manifest } = program.definition;
  const policy = find('defpolicy', manifest.defaults?.policy ?? '');
  const rules = policy?.governance?.filter(({ verb }) => verb === 'propose') ?? [];
  return rules.length > 0 && rules.every(({ of }) => of?.includes('world:g/agent@1') === true);
}

const isDuty = (effect: string): boolean =>
  effect === 'governance.propose' || effect === 'governance.shadow';

function paramsOf({ params }: KnownIntent): ReadonlyMap<Value, Value> {
  const decoded = params === undefined ? undefined : decode(params);
  return decoded?.ok && decoded.value instanceof Map ? decoded.value : new Map();
}

const ZEROS = '0'.repeat(64);

export const manifestOf = ({ program }: World): Hash => program.definition.manifestHash;

const isSame = (a: Hash, b: Hash): boolean => toHex(a) === toHex(b);

function hashOf(hex: string): Hash {
  const bytes = fromHex(hex);
  if (!bytes.ok) throw new Error(`${hex} is no hash`);
  return bytes.value as Hash;
}
