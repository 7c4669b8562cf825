/**
 * Authority, counted from journal and definitions alone: who held which key, who has said what, and
 * what the rules in force asked for.
 *
 * 1. The definition in force changes by `applied` alone, to what its patch was made for, when its
 *    base is in force, it was shadowed, and enough people who count have approved that very shadow.
 * 2. Whoever applies may.
 * 3. What a plan proposes, it has asked for; a proposal is approved no more only where that is so.
 * 4. What is let through has a grant in the definition in force, as it is there, and a rule of the
 *    policy in force that does not deny.
 * 5. How an effect ended is said in the epoch in force, by a key that may say so then, and with
 *    what it has signed.
 * 6. Whoever says a verb has a key that is good and may say it, and says it once.
 * 7. An effect that waits for people goes out when as many as were asked for have said yes, and
 *    still may.
 * 8. An epoch leaves nothing of what was said of proposals before.
 */
import type { GovernanceRule, WorldDefinition } from '@aos/air';
import { sha256, toHex } from '@aos/canon';
import { compileGate, type Gate } from '@aos/kernel';
import {
  type Entry,
  type Genesis,
  type JournalRecord,
  type KeyRole,
  parseVerb,
  type SignedVerbInput,
  type Verb,
} from '@aos/protocol';

type EntryOf<K extends Entry['kind']> = Extract<Entry, { readonly kind: K }>;

interface HeldKey {
  readonly name: string;
  readonly roles: readonly KeyRole[];
  isValid: boolean;
}

interface HeardVoice {
  readonly isYes: boolean;
  readonly expiresNs: bigint | undefined;
}

interface Motion {
  readonly author: string;
  readonly base: string;
  readonly patch: string;
  shadow: string | undefined;
  isOpen: boolean;
  readonly voices: Map<string, HeardVoice>;
}

/** What people are asked for before an effect goes out, and who has said yes. */
interface Asked {
  readonly role: string;
  readonly count: number;
  readonly of: readonly string[] | undefined;
  /** By the key; logical time after which it is worth nothing. */
  readonly yes: Map<string, bigint | undefined>;
}

export interface AuthoritySources {
  readonly genesis: Genesis;
  definition(manifest: string): WorldDefinition;
  /** The manifest that a patch was made for. */
  intended(patch: string): string | undefined;
}

type Rule = Pick<GovernanceRule, 'role' | 'count' | 'of' | 'not_own'>;

/** Worlds begin in it. */
const FIRST_EPOCH = 0;

export class AuthorityLaws {
  /** In force, in hexadecimal. */
  manifest: string;
  private epoch: number = FIRST_EPOCH;
  private readonly keys = new Map<string, HeldKey>();
  private readonly motions: Motion[] = [];
  private readonly gates = new Map<string, Gate>();
  /** By intent. */
  private readonly asked = new Map<string, Asked>();
  /** Of signed verbs, by key. */
  private readonly nonces = new Set<string>();

  constructor(private readonly sources: AuthoritySources) {
    const { genesis } = sources;
    this.manifest = toHex(genesis.manifest);
    for (const { keyId, name, roles } of genesis.keyring) {
      this.keys.set(toHex(keyId), { name, roles, isValid: true });
    }
  }

  /** Takes the next record; throws with what it breaks. */
  check(record: JournalRecord): void {
    const verb = verbOf(record);
    this.checkAnswer(record);
    if ('verb' in record.input) this.checkSpeaker(record.seq, record.input);
    if (verb?.verb === 'approve-intent') this.hear(verb, record);
    record.entries.forEach((entry, i) => {
      try {
        this.apply(entry, record, verb);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`entry ${i} of record ${record.seq}, ${entry.kind}: ${message}`);
      }
    });
    if (verb?.verb === 'epoch') this.beginEpoch(verb.epoch);
  }

  private beginEpoch(epoch: number): void {
    this.epoch = epoch;
    this.motions.forEach((motion, id) => {
      if (motion.isOpen && (motion.shadow !== undefined || motion.voices.size > 0))
        throw new Error(`epoch ${epoch} keeps what was said of proposal ${id}`);
    });
  }

  private checkSpeaker(seq: number, { kind, keyId, nonce }: SignedVerbInput): void {
    const key = this.keys.get(toHex(keyId));
    const isFit = kind === 'governance' || key?.roles.includes('operator');
    if (!key?.isValid || !isFit) throw new Error(`record ${seq} is said by a key that may not`);
    const used = `${toHex(keyId)} ${toHex(nonce)}`;
    if (this.nonces.has(used)) throw new Error(`record ${seq} was said before`);
    this.nonces.add(used);
  }

  private hear(
    { intentHash, decision, expiresNs }: Extract<Verb, { readonly verb: 'approve-intent' }>,
    { input }: JournalRecord,
  ): void {
    if (decision !== 'approve' || !('keyId' in input)) return;
    this.asked.get(toHex(intentHash))?.yes.set(toHex(input.keyId), expiresNs);
  }

  private checkApproved(intent: string, nowNs: bigint): void {
    const asked = this.asked.get(intent);
    if (asked === undefined) throw new Error('goes out by a yes that nobody was asked for');
    const { role, count, of, yes } = asked;
    const counted = [...yes].flatMap(([keyId, expiresNs]) => {
      const key = this.keys.get(keyId);
      const isLate = expiresNs !== undefined && nowNs > expiresNs;
      const mayApprove = key?.isValid && (key.roles as readonly string[]).includes(role);
      return mayApprove && !isLate && of?.includes(key.name) !== false ? [key.name] : [];
    });
    const found = new Set(counted).size;
    if (found < count) throw new Error(`goes out with the yes of ${found}, needed are ${count}`);
  }

  private checkAnswer({ seq, input }: JournalRecord): void {
    if (input.kind !== 'receipt' && input.kind !== 'stream-frame') return;
    const { epoch } = input.kind === 'receipt' ? input.receipt : input.frame;
    if (epoch !== this.epoch)
      throw new Error(`record ${seq} is of epoch ${epoch}, in force is ${this.epoch}`);
    const key = this.keys.get(toHex(input.keyId));
    if (!key?.isValid || !key.roles.some((role) => role === 'host' || role === 'adapter'))
      throw new Error(`record ${seq} is signed by a key that may not`);
    const { inline, ref } = input.payload;
    const { payloadHash } = input.kind === 'receipt' ? input.receipt : input.frame;
    if (toHex(ref ?? sha256(inline)) !== toHex(payloadHash))
      throw new Error(`record ${seq} has another payload than the one that was signed`);
  }

  private apply(entry: Entry, record: JournalRecord, verb: Verb | undefined): void {
    if (entry.kind === 'keyring-changed') this.changeKeys(entry, verb);
    else if (entry.kind === 'governance-changed') this.change(entry, record, verb);
    else if (entry.kind === 'decision' && entry.outcome !== 'deny') {
      this.checkAllowed(entry);
      const isReleased = verb?.verb === 'approve-intent' && entry.outcome === 'allow';
      const isMeant = isReleased && toHex(verb.intentHash) === toHex(entry.intent);
      if (isMeant) this.checkApproved(toHex(entry.intent), record.stamp.logicalNowNs);
    } else if (entry.kind === 'approval-requested') this.ask(entry);
    else if (entry.kind === 'intent') this.asked.delete(toHex(entry.intent));
  }

  /** What was said yes to before counts on. */
  private ask({ intent, role, count, of }: EntryOf<'approval-requested'>): void {
    const yes = this.asked.get(toHex(intent))?.yes ?? new Map();
    this.asked.set(toHex(intent), { role, count, of, yes });
  }

  private changeKeys({ keyId }: EntryOf<'keyring-changed'>, verb: Verb | undefined): void {
    const key = toHex(keyId);
    if (verb?.verb === 'keyring-add') {
      this.keys.set(key, { name: verb.name, roles: verb.roles, isValid: true });
    } else {
      const held = this.keys.get(key);
      if (held !== undefined) held.isValid = false;
    }
  }

  private change(
    entry: EntryOf<'governance-changed'>,
    record: JournalRecord,
    verb: Verb | undefined,
  ): void {
    const { proposal: id, change, principal, hash } = entry;
    if (change === 'proposed') {
      this.propose(id, principal, verb);
      return;
    }
    const motion = this.motions[id];
    if (!motion?.isOpen) throw new Error(`proposal ${id} is not open`);
    const nowNs = record.stamp.logicalNowNs;
    if (change === 'shadowed' || change === 'voided') {
      motion.shadow = change === 'shadowed' ? toHex(hash) : undefined;
      motion.voices.clear();
    }
    if (change === 'approval' || change === 'rejection') {
      if (change === 'approval' && toHex(hash) !== motion.shadow)
        throw new Error('a yes to another shadow than the present one');
      if (change === 'approval' && motion.base !== this.manifest)
        throw new Error('a yes to what starts from elsewhere');
      this.checkSigned(principal, record);
      const isKey = !principal.startsWith('world:');
      const expiresNs = isKey && verb?.verb === 'approve' ? verb.expiresNs : undefined;
      motion.voices.set(principal, { isYes: change === 'approval', expiresNs });
    }
    if (change === 'approved') this.checkQuorum('approve', motion, nowNs);
    if (change === 'rejected') this.checkQuorum('reject', motion, nowNs);
    if (change === 'retracted' && this.isEnough(motion, nowNs))
      throw new Error('enough still approve what is said to be approved no more');
    if (change === 'rejected' || change === 'withdrawn') motion.isOpen = false;
    if (change === 'applied') this.adopt(motion, entry, nowNs);
  }

  private propose(id: number, author: string, verb: Verb | undefined): void {
    if (verb?.verb !== 'propose') throw new Error('a proposal that nobody has made');
    if (author.startsWith('world:') !== (verb.intent !== undefined))
      throw new Error(`${author} has not asked for this`);
    if (id !== this.motions.length) throw new Error(`proposal ${id} is not the next one`);
    const rules = this.rulesOf('propose');
    if (!rules.every((rule) => this.counts(rule, author, '')))
      throw new Error(`${author} may not propose`);
    const base = toHex(verb.base);
    if (base !== this.manifest) throw new Error('a proposal that starts from elsewhere');
    const patch = toHex(verb.patchHash);
    const shadow = undefined;
    this.motions.push({ author, base, patch, shadow, isOpen: true, voices: new Map() });
  }

  private adopt(
    motion: Motion,
    { principal, hash }: EntryOf<'governance-changed'>,
    nowNs: bigint,
  ): void {
    if (motion.base !== this.manifest) throw new Error('applied over another base');
    if (motion.shadow === undefined) throw new Error('applied without a shadow');
    this.checkQuorum('approve', motion, nowNs);
    const mayApply = this.rulesOf('apply').every((rule) =>
      this.counts(rule, principal, motion.author),
    );
    if (!mayApply) throw new Error(`${principal} may not apply`);
    const to = toHex(hash);
    if (this.sources.intended(motion.patch) !== to) throw new Error('another manifest than meant');
    motion.isOpen = false;
    this.manifest = to;
  }

  /** A voice under the name of a key has the signature of that key. */
  private checkSigned(principal: string, { input }: JournalRecord): void {
    if (principal.startsWith('world:')) return;
    const key = input.kind === 'governance' ? this.keys.get(toHex(input.keyId)) : undefined;
    if (key?.name === principal && key.isValid) return;
    throw new Error(`${principal} has not signed this`);
  }

  private checkQuorum(verb: 'approve' | 'reject', motion: Motion, nowNs: bigint): void {
    for (const rule of this.rulesOf(verb)) {
      const counted = [...motion.voices].filter(([name, { isYes, expiresNs }]) => {
        const isLate = expiresNs !== undefined && expiresNs <= nowNs;
        return isYes === (verb === 'approve') && !isLate && this.counts(rule, name, motion.author);
      });
      if (counted.length < rule.count)
        throw new Error(`${counted.length} may ${verb} by a rule that wants ${rule.count}`);
    }
  }

  private isEnough(motion: Motion, nowNs: bigint): boolean {
    try {
      this.checkQuorum('approve', motion, nowNs);
      return true;
    } catch {
      return false;
    }
  }

  private counts({ role, of, not_own }: Rule, name: string, author: string): boolean {
    if (not_own === true && name === author) return false;
    if (of !== undefined && !of.includes(name)) return false;
    if (name.startsWith('world:')) return of !== undefined;
    const held = [...this.keys.values()].filter((key) => key.name === name);
    return held.some(({ isValid, roles }) => isValid && roles.includes(role));
  }

  private rulesOf(verb: GovernanceRule['verb']): readonly Rule[] {
    const definition = this.sources.definition(this.manifest);
    const name = definition.manifest.defaults?.policy;
    const policy = name === undefined ? undefined : definition.find('defpolicy', name);
    const own = (policy?.governance ?? []).filter((rule) => rule.verb === verb);
    return own.length > 0 ? own : [{ role: 'operator', count: 1 }];
  }

  private checkAllowed({ cap, grantHash, policy, rule }: EntryOf<'decision'>): void {
    const definition = this.sources.definition(this.manifest);
    const grant = this.gate().grants.get(cap);
    if (grant === undefined) throw new Error(`let through under ${cap}, which is not granted`);
    if (grantHash !== null && toHex(grantHash) !== toHex(grant.hash))
      throw new Error(`let through under another ${cap} than the one in force`);
    if (policy === null && rule === null) return;
    if (policy !== definition.manifest.defaults?.policy)
      throw new Error(`let through by ${policy}, which is not in force`);
    const decided = definition.find('defpolicy', policy)?.rules[rule ?? -1];
    if (decided === undefined || decided.decision === 'deny')
      throw new Error(`let through by rule ${rule}, which does not allow it`);
  }

  private gate(): Gate {
    const gate = this.gates.get(this.manifest);
    if (gate !== undefined) return gate;
    const compiled = compileGate(this.sources.definition(this.manifest));
    this.gates.set(this.manifest, compiled);
    return compiled;
  }
}

function verbOf({ input }: JournalRecord): Verb | undefined {
  if (!('verb' in input)) return undefined;
  const parsed = parseVerb(input.verb, input.args);
  return parsed.ok ? parsed.value : undefined;
}
