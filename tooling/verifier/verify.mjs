// Verifies a bundle by itself: `node tooling/verifier/verify.mjs <bundle> [--head <kept head>]`.
// Written from the chapters of spec/ alone; shares no code with the runtime. It runs nothing, so it
// cannot tell whether a reducer came to its state, but whether what is there is what was written
// and signed (chapters 3, 7, 12). Exit code 0 for no finding, 1 for the first, 2 for no question.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import * as canonical from './canonical.mjs';

const { check, encodeItem, hashOf, hex, isSigned, readDocument, readItem } = canonical;
const { rootOf, same, sha256, unhex, withLeaf } = canonical;
const EMPTY_TRIE = hex(sha256(unhex('d9d9f7a1666c656176657380')));
const MODES = { pause: 'paused', resume: 'running', drain: 'draining', halt: 'halted' };
const CONTROL = 'control/(pause|resume|drain|halt|epoch|runtime-upgrade)';
const SAID = 'governance/(approve-intent|propose|shadowed|approve|reject|withdraw|apply)';
const VERBS = new RegExp(`^(${CONTROL}|keyring/keyring-(add|revoke)|${SAID})$`);
const equal = (found, expected, code) => check(same(encodeItem(found), encodeItem(expected)), code);

/** What a value says is stored: its hash, and whether that names others in turn. */
function* needs(value, field = '') {
  if (value instanceof Uint8Array) {
    const isNode = /^(root|children|pending|manifest)$/.test(field);
    const isNamed = isNode || /^(ann|ref|patch_hash|shadow_hash)$|_ref$/.test(field);
    if (isNamed && value.length === 32) yield [hex(value), isNode];
  } else if (value !== null && typeof value === 'object') {
    const { $kind: kind, name, hash, wasm_hash: code } = value;
    if (kind === 'defmodule' && code) yield [code.slice(7), false];
    if (name && typeof hash === 'string' && !name.startsWith('sys/')) yield [hash.slice(7), true];
    for (const [key, item] of Object.entries(value)) {
      const isLeaf = /^leaf$|^leaves$/.test(field) && Number(key) % 2 === 1;
      yield* isLeaf ? needs(readItem(item)) : needs(item, Array.isArray(value) ? field : key);
    }
  }
}

export class Verifier {
  findings = [];
  heads = [];
  needed = [];
  counts = { worlds: 0, signatures: 0 };
  /** Intents that are open, roles asked for by those that wait, and the shadows of proposals. */
  has = { open: new Map(), asked: new Map(), nonces: new Set(), ids: new Set() };
  /** The world as the next record finds it, and the tree of those before. */
  now = { seq: -1, epoch: 0, clock: 0, mode: 'running', code: null, nodes: [], keys: new Map() };

  constructor(bytes, kept) {
    try {
      this.bundle(bytes, kept);
    } catch ({ name, message }) {
      const what = name === 'Error' ? message : `shape  ${message}`;
      this.findings.push(`${what}  behind record ${this.now.seq}`);
    }
  }

  bundle(bytes, kept) {
    check(same(bytes.subarray(0, 12), Buffer.from('AOSBUNDL\0\0\0\x01')), 'bundle-format');
    check(same(sha256(bytes.subarray(0, -32)), bytes.subarray(-32)), 'bundle-damaged');
    const frames = [];
    for (let [at, end] = [12, 12]; at < bytes.length; at = end) {
      end = at + 5 + bytes.readUInt32BE(at + 1);
      check(end <= bytes.length, 'bundle-shape');
      frames.push({ kind: bytes[at], payload: bytes.subarray(at + 5, end) });
    }
    const order = frames.map(({ kind }) => String.fromCharCode(48 + kind)).join('');
    check(/^123*[24]*56$/.test(order) && frames.at(-1).payload.length === 32, 'bundle-shape');
    const of = (wanted) => frames.filter(({ kind }) => kind === wanted);
    this.objects = new Map(of(3).map(({ payload }) => [hex(sha256(payload)), payload]));
    const counts = { objects: this.objects.size, records: of(4).length };
    equal([readDocument(of(5)[0].payload), of(3).length], [counts, counts.objects], 'bundle-shape');
    const { snapshot, ...end } = readDocument(frames[0].payload);
    if (snapshot !== null) this.snapshot(snapshot);
    if (kept) this.heads.push(keptHead(kept));
    for (const { kind, payload } of frames) {
      if (kind === 2) this.genesis(payload);
      if (kind === 4) this.record(payload);
    }
    const { world, seq, chain } = this.now;
    equal(end, { world_id: world, seq, chain, worlds: this.counts.worlds }, 'bundle-head');
    check(!this.heads.some(({ head }) => head.seq > seq), 'head-missing');
    const seen = new Set([EMPTY_TRIE]);
    for (let next = this.needed.pop(); next; next = this.needed.pop()) {
      const [hash, isNode] = next;
      check(seen.has(hash) || this.objects.has(hash), `object-missing  ${hash}`);
      if (isNode && !seen.has(hash)) this.needed.push(...needs(this.stored(hash)));
      if (isNode) seen.add(hash);
    }
  }

  stored(hash) {
    check(this.objects.has(hash), `object-missing  ${hash}`);
    return readDocument(this.objects.get(hash));
  }

  snapshot({ seq, hash, head }) {
    this.needed.push([hex(hash), true]);
    this.heads.push({ taken: this.stored(hex(hash)), head: { seq } });
    const stored = head && this.stored(hex(head));
    if (head) equal([stored.head.world_hash, stored.head.seq], [hash, seq], 'head-different');
    if (head) this.heads.push(stored);
  }

  lookAtHeads() {
    const { world, seq, chain, epoch, manifest, runtime, nodes, keys, ...now } = this.now;
    const here = { world_id: world, chain, epoch };
    const keyring = [...keys.values()].map(({ public: key, ...rest }) => ({
      ...rest,
      public_key: key,
    }));
    const clocks = { logical_now_ns: now.clock, last_wall_ns: now.wall };
    const stands = {
      format: 1,
      seq: seq + 1,
      manifest,
      runtime,
      mode: now.mode,
      halt_code: now.code,
    };
    for (const { head, frontier, signature, taken } of this.heads) {
      if (head.seq !== seq) continue;
      const all = { ...taken, ...here, ...clocks, ...stands, keyring };
      if (taken) equal(taken, all, 'snapshot-different');
      const said = [{ ...head, ...here, merkle_root: rootOf(nodes) }, nodes];
      if (!taken) equal([head, frontier ?? nodes], said, 'head-different');
      if (signature) this.signed(signature, ['aos/head/0', head], ['host']);
    }
  }

  genesis(payload) {
    const [{ now }, isFirst] = [this, this.counts.worlds++ === 0];
    const { format, parent, manifest, runtime, keyring, created_ns: wall } = readDocument(payload);
    check(format === 1, 'genesis-format');
    const border = isFirst ? null : { world_id: now.world, seq: now.seq, chain: now.chain };
    equal(parent ?? null, border, 'bundle-genesis');
    if (isFirst) Object.assign(now, { manifest, runtime: supported(runtime), wall });
    if (isFirst) for (const key of keyring) this.add(key);
    const good = [...now.keys.values()].filter(({ revoked_at: at }) => at === null);
    const keys = good.map(({ added_at: _, revoked_at: __, ...key }) => key);
    equal([manifest, runtime, keyring], [now.manifest, now.runtime, keys], 'fork-mismatch');
    const world = sha256(payload);
    this.now = { ...now, world, chain: world, isAtBorder: !isFirst };
    this.needed.push([hex(manifest), true]);
    if (isFirst) this.lookAtHeads();
  }

  record(bytes) {
    const [record, { now }] = [readDocument(bytes), this];
    const { seq, prev, stamp, input, entries, wake_at: wake } = record;
    check(seq === now.seq + 1, 'record-sequence');
    check(same(prev, now.chain), 'record-chain');
    check(stamp.logical_now_ns >= now.clock, 'record-time');
    check(!now.isAtBorder || input.verb === 'epoch', 'fork-epoch-first');
    this.admit(input);
    const [chain, clock, wall] = [sha256(bytes), stamp.logical_now_ns, stamp.now_ns];
    const nodes = withLeaf(now.nodes, seq, chain);
    this.now = { ...now, seq, chain, clock, wall, wake, nodes, isAtBorder: false };
    this.needed.push(...needs(record));
    if (!/^(event|tick|continue)$/.test(input.kind)) this.input(input, entries);
    for (const entry of entries) this.entry(entry, input);
    check(input.verb !== 'epoch' || this.has.open.size === 0, 'entry-different');
    this.lookAtHeads();
  }

  /** What is let in: where a world runs (Q9), once (I1.3), when it is due (I7), carried so (P2.6). */
  admit({ kind, dedup, value, value_ref: name, payload = value, payload_ref: ref = name }) {
    const [{ mode, wake, runtime }, { ids }] = [this.now, this.has];
    const isOpen = mode === 'running' || (mode === 'draining' && kind !== 'event');
    check(isOpen || /^(control|keyring|receipt|stream-frame)$/.test(kind), 'world-closed');
    check(kind !== 'tick' || wake !== undefined, 'nothing-due');
    const size = (ref ? this.objects.get(hex(ref)) : payload)?.length;
    check(ref ? !payload && !(size <= 4096) : !(size > 4096), 'value-carried');
    check(!ids.has(dedup), 'input-duplicate');
    if (dedup !== undefined) ids.add(dedup);
    while (ids.size > runtime.limits.dedup_window) ids.delete(ids.values().next().value);
  }

  /** Something signed; what it changes holds for the records behind it. */
  input(input, entries) {
    const { kind, verb, args, nonce, receipt, frame, payload, payload_ref: ref } = input;
    const [{ world, epoch, keys, mode, seq }, { asked, nonces }] = [this.now, this.has];
    const shape = receipt ?? frame ?? { world_id: world, epoch, verb, args, nonce };
    equal([shape.world_id, shape.epoch], [world, epoch], 'receipt-world');
    equal(shape.payload_hash ?? null, (payload ? sha256(payload) : ref) ?? null, 'receipt-payload');
    // who else may say a verb of governance is in rules that a replay judges by
    const all = ['operator', 'approver', 'host', 'adapter'];
    const roles = { control: ['operator'], keyring: ['operator'], governance: all }[kind];
    const wanted = asked.get(verb === 'approve' ? args.proposal : hex(args?.intent_hash ?? ''));
    const may = verb === 'approve-intent' ? [wanted] : (roles ?? ['host', 'adapter']);
    this.signed(input, [`aos/${verb ?? kind}/0`, shape], may);
    if (!roles) return this.answer(shape, entries);
    const once = hex(encodeItem([input.key_id, nonce]));
    check(!nonces.has(once) && nonces.add(once), 'verb-replayed');
    check(VERBS.test(`${kind}/${verb}`), 'verb-unknown');
    check(verb !== 'approve' || same(args.shadow_hash, wanted), 'approval-shadow');
    check(verb !== 'epoch' || args.epoch > epoch, 'epoch-not-greater');
    if (verb === 'epoch') this.now.epoch = args.epoch;
    if (verb === 'runtime-upgrade') this.now.runtime = supported(args);
    const isOther = MODES[verb] !== mode && (mode !== 'halted' || verb === 'resume');
    check(isOther || !MODES[verb], 'mode-unchanged');
    if (MODES[verb]) Object.assign(this.now, { mode: MODES[verb], code: args.code ?? null });
    const id = args.public ? sha256(args.public) : args.key_id;
    if (verb === 'keyring-add') this.add({ ...args, key_id: id });
    const revoked = verb === 'keyring-revoke' && keys.get(hex(id));
    check(revoked === false || revoked?.revoked_at === null, 'key-unknown');
    if (revoked) revoked.revoked_at = seq;
    // neither runs work, and of what waits only an epoch lets go (Q10)
    const caused = { kind: 'keyring-changed', cause: null, verb: verb.slice(8), key_id: id };
    if (kind === 'keyring') equal(entries, [caused], 'entry-different');
    check(kind !== 'control' || verb === 'epoch' || entries.length === 0, 'entry-different');
  }

  /** What is said of an intent that is open and waits for nobody, and what that settles. */
  answer({ intent_hash: intent, attempt, index, status }, [{ code, ...settled } = {}]) {
    const [id, { open, asked }] = [hex(intent), this.has];
    check(open.get(id)?.attempt === attempt && !asked.has(id), 'receipt-unknown');
    if (status === undefined) return check(index === open.get(id).frames++, 'frame-gap');
    const said = { kind: 'settled', cause: null, intent, status: code === null ? status : 'error' };
    check(code === null || code === 'receipt-invalid', 'entry-different');
    equal(settled, said, 'entry-different');
  }

  add({ key_id: id, ...key }) {
    const { keys, seq } = this.now;
    check(same(sha256(key.public), id), 'genesis-keyring');
    check(!keys.has(hex(id)), 'key-known');
    keys.set(hex(id), { ...key, key_id: id, added_at: seq, revoked_at: null });
  }

  /** What an entry says of intents and proposals, as far as it follows from what was signed. */
  entry({ kind, intent, role, change, proposal, hash, code, outcome, ...entry }, { verb, args }) {
    const [id, { open, asked }] = [hex(intent ?? ''), this.has];
    if (kind === 'intent') {
      const { cap, effect, params_ref: ref, idempotency_key, attempt } = entry;
      const params = entry.params ?? this.objects.get(hex(ref));
      const found = hashOf({ cap, kind: effect, params, idempotency_key });
      check(same(found, intent), 'intent-different');
      open.set(id, { attempt, frames: 0 });
    }
    const isOver = kind === 'settled' || code === 'intent-abandoned';
    if (isOver) open.delete(id);
    const isLetOut = outcome === 'allow' && verb === 'approve-intent';
    if (isOver || (isLetOut && same(args.intent_hash, intent))) asked.delete(id);
    if (kind === 'approval-requested') asked.set(id, role);
    const isShadow = verb === 'shadowed' && args.proposal === proposal;
    const isSaid = {
      proposed: verb === 'propose' && same(args.patch_hash, hash),
      shadowed: isShadow && same(args.shadow_hash, hash),
      applied: asked.has(proposal),
    };
    check(isSaid[change] ?? true, 'entry-different');
    if (/^(voided|applied|rejected|withdrawn)$/.test(change)) asked.delete(proposal);
    if (change === 'shadowed') asked.set(proposal, hash);
    if (change === 'applied') this.now.manifest = hash;
  }

  signed({ key_id: id, sig }, [domain, shape], roles) {
    const key = this.now.keys.get(hex(id));
    const may = key?.revoked_at === null && key.roles.some((role) => roles.includes(role));
    check(may && sig && isSigned(domain, shape, key.public, sig), 'signature-invalid');
    this.counts.signatures++;
  }
}

/** Numbers that there are rules for (N3). */
function supported(runtime) {
  const { kernel, abi, guard, prices, limits } = runtime;
  const isOurs = [0, 1].includes(kernel) && [abi, guard, prices].every((n) => n === 1);
  check(isOurs && Object.keys(limits).length === 16, 'runtime-unsupported');
  return runtime;
}

/** A head as `aos --json head --sign` says it. */
function keptHead(text) {
  const { seq, epoch, sig, key_id: id, ...said } = JSON.parse(text).data ?? JSON.parse(text);
  check(Number.isSafeInteger(seq) && seq >= -1 && said.chain, 'head-shape');
  const raw = (hash) => unhex(`${hash}`.slice(7));
  const names = ['world_id', 'chain', 'merkle_root', 'world_hash'];
  const read = Object.fromEntries(names.map((name) => [name, raw(said[name])]));
  return { head: { seq, epoch, ...read }, signature: sig && { key_id: raw(id), sig: unhex(sig) } };
}

function main(file, option, kept) {
  if (!existsSync(`${file}`) || (option && (option !== '--head' || !kept))) return 2;
  const head = kept && readFileSync(kept, 'utf8');
  const { findings, objects, counts, now } = new Verifier(readFileSync(file), head);
  const told = `${now.seq + 1} records, ${objects?.size} objects, ${counts.signatures} signatures`;
  console.log(findings[0] ?? `ok  sha256:${hex(now.world)}  ${told}`);
  return findings.length;
}

const isMain = process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename;
if (isMain) process.exitCode = main(process.argv[2], process.argv[3], process.argv[4]);
