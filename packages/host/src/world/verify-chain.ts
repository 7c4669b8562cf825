/**
 * Verification without running anything: what a journal says about itself (spec H6).
 *
 * 1. Each record follows from the one before, also where a fork begins; each signed input is by a
 *    key that the world knew then, of a role that may say it. A verb is said once, epochs grow, and
 *    a key that was revoked does not come back. What records claim of reducers is not judged.
 * 2. A head from before is held against its place: a journal that lost its end, or was written anew
 *    since, is not the one of that head.
 */
import { bytesEqual, type Hash, sha256, toHex } from '@aos/canon';
import {
  type CarriedValue,
  chainOf,
  decodeGenesis,
  decodeRecordHead,
  encodeReceiptBody,
  encodeSignedVerb,
  encodeStreamFrame,
  Frontier,
  headMessage,
  type Input,
  type KeyRole,
  type KeyringEntry,
  keyIdOf,
  parseVerb,
  RECEIPT_DOMAIN,
  STREAM_FRAME_DOMAIN,
  type StoredHead,
  signedMessage,
  verbDomain,
  type WorldStore,
  worldIdOf,
} from '@aos/protocol';
import { SignatureVerifier } from '../keys/signatures.js';

/** A head that somebody has kept, as a host has signed it. */
export type KeptHead = Omit<StoredHead, 'frontier'>;

export interface ChainOptions {
  /** A head from before, of this world or of one that it is a fork of. */
  readonly kept?: KeptHead | undefined;
  /** Told how many records were looked at, of how many. */
  readonly onRecord?: (records: number, of: number) => void;
}

/** Where a journal is not one. */
export interface ChainFailure {
  /**
   * `chain-broken`, `time-backwards`, `fork-epoch-first`, `signature-invalid`, `verb-replayed`,
   * `epoch-not-greater`, `key-known`, `head-different`, `head-missing` or that of a shape.
   */
  readonly code: string;
  readonly seq: number;
}

export interface ChainReport {
  readonly worldId: Hash;
  /** Sequence of the first record that is kept: the signatures of a pruned world are not judged. */
  readonly first: number;
  /** Sequence up to which everything holds. */
  readonly records: number;
  readonly chain: Hash;
  readonly merkleRoot: Hash;
  /** Signatures that hold. */
  readonly signatures: number;
  readonly failure?: ChainFailure;
}

/** Reads all records once. Throws AosFault: what reading throws. */
export function verifyChain(store: WorldStore, options: ChainOptions = {}): ChainReport {
  const walk = new ChainWalk(store, options.kept);
  let code = walk.begin();
  if (code === undefined) {
    for (const bytes of store.records(store.first)) {
      code = walk.step(bytes);
      if (code !== undefined) break;
      options.onRecord?.(walk.seq, store.head + 1);
    }
  }
  const { worldId, chain, signatures, seq } = walk;
  code ??= walk.isKeptAhead ? 'head-missing' : undefined;
  const report = { worldId, first: store.first, records: seq, chain, signatures };
  const merkleRoot = walk.frontier.root();
  return { ...report, merkleRoot, ...(code === undefined ? {} : { failure: { code, seq } }) };
}

class ChainWalk {
  /** Of the next record. */
  seq: number;
  chain: Hash;
  worldId: Hash;
  signatures = 0;
  readonly frontier: Frontier;
  #epoch = 0;
  #nowNs = 0n;
  #isAtBorder = false;
  /** By id; those that are good. */
  #keys = new Map<string, KeyringEntry>();
  /** Ids of all keys that ever were, and the nonces that were used. */
  readonly #known = new Set<string>();
  readonly #used = new Set<string>();
  readonly #forks: readonly Uint8Array[];
  readonly #verifier = new SignatureVerifier();
  readonly #isWhole: boolean;

  constructor(
    store: WorldStore,
    private readonly kept: KeptHead | undefined,
  ) {
    const [first, ...forks] = [...store.lineage, store.genesis];
    const { pruned } = store;
    this.#isWhole = pruned === undefined;
    this.#forks = forks;
    this.seq = store.first;
    this.worldId = worldIdOf(first as Uint8Array);
    this.chain = pruned?.chain ?? this.worldId;
    const known = pruned && { size: pruned.seq + 1, nodes: pruned.frontier };
    this.frontier = new Frontier(known);
    const genesis = decodeGenesis(first as Uint8Array);
    if (genesis.ok) for (const key of genesis.value.keyring) this.#add(key);
  }

  get isKeptAhead(): boolean {
    return this.kept !== undefined && this.kept.seq >= this.seq;
  }

  /** The code of what is wrong before the first record. */
  begin(): string | undefined {
    if (this.kept === undefined || this.kept.seq >= this.seq) return undefined;
    if (this.kept.seq < this.seq - 1) return 'head-missing';
    return this.isKept(this.kept) ? undefined : 'head-different';
  }

  /** The code of what is wrong with the next record. */
  step(bytes: Uint8Array): string | undefined {
    if (!this.cross()) return 'chain-broken';
    const decoded = decodeRecordHead(bytes);
    if (!decoded.ok) return decoded.refusal.code;
    const { seq, prev, input, stamp } = decoded.value;
    if (seq !== this.seq || !bytesEqual(prev, this.chain)) return 'chain-broken';
    if (stamp.logicalNowNs < this.#nowNs) return 'time-backwards';
    this.#nowNs = stamp.logicalNowNs;
    const code = this.#isWhole ? this.judge(input) : undefined;
    if (code !== undefined) return code;
    this.change(input);
    this.#isAtBorder = false;
    this.chain = chainOf(bytes);
    this.frontier.append(this.chain);
    this.seq += 1;
    if (this.kept?.seq !== seq) return undefined;
    return this.isKept(this.kept) ? undefined : 'head-different';
  }

  /** Whether the fork that begins here, where one does, begins with what is here. */
  private cross(): boolean {
    for (const bytes of this.#forks) {
      const genesis = decodeGenesis(bytes);
      const parent = genesis.ok ? genesis.value.parent : undefined;
      if (parent?.seq !== this.seq - 1) continue;
      const isHere = bytesEqual(parent.chain, this.chain);
      if (!isHere || !bytesEqual(parent.worldId, this.worldId)) return !this.#isWhole;
      this.worldId = worldIdOf(bytes);
      this.chain = this.worldId;
      this.#isAtBorder = true;
    }
    return true;
  }

  /** The code of what speaks against an input, as far as no reducer has a say in it. */
  private judge(input: Input): string | undefined {
    if (input.kind === 'event') return this.#isAtBorder ? 'fork-epoch-first' : undefined;
    if (!this.isSigned(input)) return 'signature-invalid';
    const verb = 'verb' in input ? parseVerb(input.verb, input.args) : undefined;
    const said = verb?.ok === true ? verb.value : undefined;
    if (this.#isAtBorder && said?.verb !== 'epoch') return 'fork-epoch-first';
    if ('nonce' in input && !this.use(input)) return 'verb-replayed';
    if (said?.verb === 'epoch' && said.epoch <= this.#epoch) return 'epoch-not-greater';
    const isAdded = said?.verb === 'keyring-add';
    return isAdded && this.#known.has(toHex(keyIdOf(said.publicKey))) ? 'key-known' : undefined;
  }

  /** Whether a key uses a nonce for the first time. */
  private use({ keyId, nonce }: { readonly keyId: Hash; readonly nonce: Uint8Array }): boolean {
    const before = this.#used.size;
    this.#used.add(toHex(keyId) + toHex(nonce));
    return this.#used.size > before;
  }

  private isSigned(input: Input): boolean {
    const message = messageOf(input, { worldId: this.worldId, epoch: this.#epoch });
    if (message === undefined || !('sig' in input)) return true;
    const key = this.#keys.get(toHex(input.keyId));
    this.signatures += 1;
    if (key === undefined || !this.isOfHere(input)) return false;
    const roles = ROLES[input.kind];
    if (roles !== undefined && !key.roles.some((role) => roles.includes(role))) return false;
    return this.#verifier.holds(key.publicKey, message, input.sig);
  }

  /** Whether an answer from outside is of this world and epoch, and the one that was signed. */
  private isOfHere(input: Input): boolean {
    if (input.kind !== 'receipt' && input.kind !== 'stream-frame') return true;
    const { worldId, epoch, payloadHash } = input.kind === 'receipt' ? input.receipt : input.frame;
    const isHere = bytesEqual(worldId, this.worldId) && epoch === this.#epoch;
    return isHere && bytesEqual(payloadHash, hashOf(input.payload));
  }

  private isKept(head: KeptHead): boolean {
    const pairs: readonly (readonly [Hash, Hash])[] = [
      [head.worldId, this.worldId],
      [head.chain, this.chain],
      [head.merkleRoot, this.frontier.root()],
    ];
    if (!pairs.every(([kept, found]) => bytesEqual(kept, found))) return false;
    const { signature } = head;
    if (signature === null || !this.#isWhole) return true;
    const key = this.#keys.get(toHex(signature.keyId));
    if (key === undefined || !key.roles.includes('host')) return false;
    return this.#verifier.holds(key.publicKey, headMessage(head), signature.sig);
  }

  /** What a verb changes for the records behind it. */
  private change(input: Input): void {
    if (input.kind !== 'control' && input.kind !== 'keyring') return;
    const parsed = parseVerb(input.verb, input.args);
    if (!parsed.ok) return;
    const { value: verb } = parsed;
    if (verb.verb === 'epoch') this.#epoch = verb.epoch;
    if (verb.verb === 'keyring-revoke') this.#keys.delete(toHex(verb.keyId));
    if (verb.verb !== 'keyring-add') return;
    const { publicKey, name, roles } = verb;
    this.#add({ keyId: keyIdOf(publicKey), publicKey, name, roles });
  }

  #add(key: KeyringEntry): void {
    this.#known.add(toHex(key.keyId));
    this.#keys.set(toHex(key.keyId), key);
  }
}

/** Who may say what; who may say what of governance is in the rules of policies. */
const ROLES: { readonly [kind in Input['kind']]?: readonly KeyRole[] } = {
  control: ['operator'],
  keyring: ['operator'],
  receipt: ['host', 'adapter'],
  'stream-frame': ['host', 'adapter'],
};

const hashOf = ({ inline, ref }: CarriedValue) => (inline === undefined ? ref : sha256(inline));

function messageOf(
  input: Input,
  at: { readonly worldId: Hash; readonly epoch: number },
): Uint8Array | undefined {
  switch (input.kind) {
    case 'receipt':
      return signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(input.receipt));
    case 'stream-frame':
      return signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(input.frame));
    case 'control':
    case 'keyring':
    case 'governance': {
      const { verb, args, nonce } = input;
      return signedMessage(verbDomain(verb), encodeSignedVerb({ ...at, verb, args, nonce }));
    }
    default:
      return undefined;
  }
}
