/** Signed verbs: control, keys and approvals, by whom they belong to and by others. */
import { type Hash, sha256, utf8 } from '@aos/canon';
import type { RawInput, World } from '@aos/kernel';
import { CURRENT_RUNTIME, type KeyringEntry, type Verb, verbArgs } from '@aos/protocol';
import type { Random } from '../random.js';
import { KEYS, type Outside } from './outside.js';

type RawVerb = Extract<RawInput, { readonly verb: unknown }>;

const KEY_LIST = Object.values(KEYS);
const SIG = new Uint8Array(64);

export class VerbInputs {
  private readonly used: Uint8Array[] = [];

  constructor(
    private readonly random: Random,
    private readonly outside: Outside,
  ) {}

  /** Leads a world on that is paused, draining or halted, and now and then does it to one. */
  control(world: World): RawVerb {
    const { random } = this;
    const verb: Verb =
      world.mode !== 'running' && random.chance(0.7)
        ? { verb: 'resume' }
        : random.pick<Verb>([
            { verb: 'pause' },
            { verb: 'pause' },
            { verb: 'resume' },
            { verb: 'drain' },
            { verb: 'halt', code: 'world-diverged' },
            { verb: 'epoch', epoch: world.epoch + random.pick([1, 1, 3, 0]) },
            this.upgrade(world),
            this.upgrade(world),
          ]);
    return this.signed('control', verb, KEYS.operator);
  }

  /** Signed as it should be. */
  resume(): RawVerb {
    return this.raw('control', { verb: 'resume' }, KEYS.operator);
  }

  /** By somebody who may approve, of the two who may and the operator. */
  reject(intentHash: Hash): RawVerb {
    const verb: Verb = { verb: 'approve-intent', intentHash, decision: 'reject' };
    const signer = this.random.pick([KEYS.ana, KEYS.ben, KEYS.operator]);
    return this.raw('governance', verb, signer);
  }

  keyring(): RawVerb {
    const { random } = this;
    const { publicKey, name } = KEYS.stranger;
    const victim = random.pick([KEYS.adapter, KEYS.ana, KEYS.ben, KEYS.stranger, KEYS.operator]);
    const verb = random.pick<Verb>([
      { verb: 'keyring-add', publicKey, name, roles: ['adapter', 'approver'] },
      { verb: 'keyring-revoke', keyId: victim.keyId },
    ]);
    return this.signed('keyring', verb, KEYS.operator);
  }

  approval(world: World): RawVerb {
    const { random } = this;
    const asked = [...this.outside.asked.values()];
    const open = [...this.outside.open.values()].map(({ hash }) => hash);
    const none = sha256(utf8('never asked'));
    const intentHash: Hash = random.pick(random.chance(0.9) ? [...asked, none] : [...open, none]);
    const decision = random.chance(0.8) ? 'approve' : 'reject';
    const expiresNs = world.logicalNowNs + BigInt(random.pick([-1, 500, 5000]));
    const verb: Verb = {
      verb: 'approve-intent',
      intentHash,
      decision,
      ...(random.chance(0.2) && expiresNs >= 0n ? { expiresNs } : {}),
    };
    const signer = random.pick([KEYS.ana, KEYS.ana, KEYS.ben, KEYS.operator]);
    return this.signed('governance', verb, signer);
  }

  /** Other limits; now and then numbers that no build has. */
  private upgrade(world: World): Verb {
    const { random } = this;
    const { limits } = world.runtime;
    const runtime = random.pick([
      { ...CURRENT_RUNTIME, limits },
      { ...CURRENT_RUNTIME, limits: { ...limits, calls_per_step: 1 + random.below(6) } },
      { ...CURRENT_RUNTIME, limits: { ...limits, dedup_window: random.below(3) } },
      { ...CURRENT_RUNTIME, limits: { ...limits, settled_window: random.below(3) } },
      { ...CURRENT_RUNTIME, kernel: 99, limits },
    ]);
    return { verb: 'runtime-upgrade', runtime };
  }

  /** Signed by this key mostly; now and then by another one, or spoilt. */
  signed(kind: RawVerb['kind'], verb: Verb, signer: KeyringEntry): RawVerb {
    const { random } = this;
    const raw = this.raw(kind, verb, random.chance(0.9) ? signer : random.pick(KEY_LIST));
    const args = random.chance(0.95) ? raw.args : new Map([['unfit', 1]]);
    return { ...raw, args, nonce: this.nonce() } as RawVerb;
  }

  private raw(kind: RawVerb['kind'], verb: Verb, { keyId }: KeyringEntry): RawVerb {
    const nonce = this.random.bytes(16);
    const raw = { kind, verb: verb.verb, args: verbArgs(verb), nonce, keyId, sig: SIG };
    return raw as unknown as RawVerb;
  }

  /** Fresh mostly; one that was used; one of the wrong size. */
  private nonce(): Uint8Array {
    const { random, used } = this;
    if (used.length > 0 && random.chance(0.08)) return random.pick(used);
    if (random.chance(0.02)) return random.bytes(15);
    const nonce = random.bytes(16);
    used.push(nonce);
    return nonce;
  }
}
