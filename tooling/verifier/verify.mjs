// Verifies a bundle by itself: `node tooling/verifier/verify.mjs <bundle> [--head <kept head>]`.
// Written from the chapters of spec/ alone; shares no code with the runtime. It runs nothing, so it
// cannot tell whether a reducer came to its state, but whether what is there is what was written
// and signed (chapters 3, 7, 12). Exit code 0 for no finding, 1 for the first, 2 for no question.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import * as canonical from './canonical.mjs';

const { check, encodeItem, hex, isSigned, readDocument, readItem } = canonical;
const { rootOf, same, sha256, unhex, withLeaf } = canonical;
const EMPTY_TRIE = hex(sha256(unhex('d9d9f7a1666c656176657380')));
const MODES = { pause: 'paused', resume: 'running', drain: 'draining', halt: 'halted' };
const equal = (found, expected, code) => check(same(encodeItem(found), encodeItem(expected)), code);
const isRun = (run) => /^1,1,[01],1$/.test(`${[run.abi, run.guard, run.kernel, run.prices]}`);
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
  /** Open intents, whom those ask that wait, the shadows of proposals, and what comes once. */
  has = { open: new Map(), asked: new Map(), once: new Set() };
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
    const read = { 2: this.genesis, 4: this.record };
    for (const { kind, payload } of frames) read[kind]?.call(this, payload);
    const { world, seq, chain } = this.now;
    equal(end, { world_id: world, seq, chain, worlds: this.counts.worlds }, 'bundle-head');
    check(!this.heads.some(({ head }) => head.seq > seq), 'head-missing');
    const seen = new Set([EMPTY_TRIE]);
    for (const [hash, isNode] of this.needed) {
      check(seen.has(hash) || this.objects.has(hash), `object-missing  ${hash}`);
      if (isNode && !seen.has(hash)) this.needed.push(...needs(this.stored(hash)));
      if (isNode) seen.add(hash);
    }
  }
  stored = (hash) =>
    check(this.objects.has(hash), 'object-missing') ?? readDocument(this.objects.get(hash));
  snapshot({ seq, hash, head }) {
    const [taken, stored] = [this.stored(hex(hash)), head && this.stored(hex(head))];
    const said = stored?.head ?? { world_hash: hash, seq };
    equal([said.world_hash, said.seq, taken.seq], [hash, seq, seq + 1], 'head-different');
    this.needed.push([hex(hash), true]);
    this.heads.push({ head: { ...taken, seq } }, ...(stored ? [stored] : []));
  }
  lookAtHeads() {
    const { world, seq, chain, epoch, manifest, runtime, mode, code, nodes } = this.now;
    const its = { world_id: world, chain, epoch, manifest, runtime, mode, halt_code: code };
    const here = { ...its, merkle_root: rootOf(nodes), format: 1 };
    for (const { head, frontier, signature } of this.heads.filter(({ head }) => head.seq === seq)) {
      const said = Object.entries(here).map(([name, is]) => (name in head ? head[name] : is));
      equal([said, frontier ?? nodes], [Object.values(here), nodes], 'head-different');
      if (signature) this.signed(signature, ['aos/head/0', head], ['host']);
    }
  }
  genesis(payload) {
    const [{ now }, isFirst] = [this, this.counts.worlds++ === 0];
    const { format, parent, manifest, runtime, keyring } = readDocument(payload);
    check(format === 1, 'genesis-format') ?? check(isRun(runtime), 'runtime-unsupported');
    const border = isFirst ? null : { world_id: now.world, seq: now.seq, chain: now.chain };
    equal(parent ?? null, border, 'bundle-genesis');
    if (isFirst) Object.assign(now, { manifest, runtime });
    if (isFirst) for (const key of keyring) this.add(key);
    const good = [...now.keys.values()].filter(({ revoked_at: at }) => at === null);
    const keys = good.map(({ added_at: _, revoked_at: __, ...key }) => key);
    equal([manifest, runtime, keyring], [now.manifest, now.runtime, keys], 'fork-mismatch');
    const world = sha256(payload);
    this.now = { ...now, world, chain: world, isAtBorder: !isFirst };
    this.needed.push([hex(manifest), true]);
    if (isFirst) this.lookAtHeads();
  }
  add(key) {
    check(same(sha256(key.public), key.key_id), 'genesis-keyring');
    check(!this.now.keys.has(hex(key.key_id)), 'key-known');
    this.now.keys.set(hex(key.key_id), { ...key, added_at: this.now.seq, revoked_at: null });
  }
  record(bytes) {
    const [record, { now, has }] = [readDocument(bytes), this];
    const { seq, prev, stamp, input, entries } = record;
    const { kind, verb, args } = input;
    check(seq === now.seq + 1, 'record-sequence');
    check(same(prev, now.chain), 'record-chain');
    check(stamp.logical_now_ns >= now.clock, 'record-time');
    check(!now.isAtBorder || verb === 'epoch', 'fork-epoch-first');
    const isOpen = now.mode === 'running' || (now.mode === 'draining' && kind !== 'event');
    check(isOpen || !/^(event|tick|continue|governance)$/.test(kind), 'world-closed');
    const [chain, clock] = [sha256(bytes), stamp.logical_now_ns];
    const nodes = withLeaf(now.nodes, seq, chain);
    this.now = { ...now, seq, chain, clock, nodes, isAtBorder: false };
    for (const need of needs(record)) this.needed.push(need);
    if (!/^(event|tick|continue)$/.test(kind)) this.input(input, entries);
    for (const entry of entries) this.entry(entry);
    if (verb === 'shadowed') has.asked.set(args.proposal, args.shadow_hash);
    check(verb !== 'epoch' || has.open.size === 0, 'entry-different');
    this.lookAtHeads();
  }
  /** Something signed; what it changes holds for the records behind it. */
  input({ kind, verb, args, nonce, payload, payload_ref: ref, ...input }, entries) {
    const [{ now }, { asked, once, open }] = [this, this.has];
    const verbal = { world_id: now.world, epoch: now.epoch, verb, args, nonce };
    const shape = input.receipt ?? input.frame ?? verbal;
    equal([shape.world_id, shape.epoch], [now.world, now.epoch], 'receipt-world');
    equal(shape.payload_hash ?? null, (payload ? sha256(payload) : ref) ?? null, 'receipt-payload');
    // who else may say a verb of governance is in rules that a replay judges by
    const all = ['operator', 'approver', 'host', 'adapter'];
    const roles = { control: ['operator'], keyring: ['operator'], governance: all }[kind];
    const wanted = asked.get(verb === 'approve' ? args.proposal : hex(args?.intent_hash ?? ''));
    const may = verb === 'approve-intent' ? [wanted] : (roles ?? ['host', 'adapter']);
    this.signed(input, [`aos/${verb ?? kind}/0`, shape], may);
    if (!roles) return this.answer(shape, open.get(hex(shape.intent_hash)), entries[0]);
    const use = hex(encodeItem([input.key_id, nonce]));
    check(!once.has(use) && once.add(use), 'verb-replayed');
    const isOf = [verb in MODES || /^(epoch|runtime-upgrade)$/.test(verb), /^keyring-/.test(verb)];
    equal([kind === 'control', kind === 'keyring'], isOf, 'verb-unknown');
    check(verb !== 'approve' || same(args.shadow_hash, wanted), 'approval-shadow');
    check(verb !== 'epoch' || args.epoch > now.epoch, 'epoch-not-greater');
    if (verb === 'epoch') now.epoch = args.epoch;
    check(verb !== 'runtime-upgrade' || isRun(args), 'runtime-unsupported');
    if (verb === 'runtime-upgrade') now.runtime = args;
    if (MODES[verb]) Object.assign(now, { mode: MODES[verb], code: args.code ?? null });
    const id = args.public ? sha256(args.public) : args.key_id;
    if (verb === 'keyring-add') this.add({ ...args, key_id: id });
    if (verb === 'keyring-revoke') now.keys.get(hex(id)).revoked_at ??= now.seq;
    const known = { kind: 'keyring-changed', cause: null, verb: verb.slice(8), key_id: id };
    if (kind === 'keyring') equal(entries, [known], 'entry-different');
    check(kind !== 'control' || verb === 'epoch' || entries.length === 0, 'entry-different');
  }
  /** What is said of an intent that is open, and what it settles (I2.2, I3). */
  answer({ intent_hash: intent, attempt, index, status }, open, entry = {}) {
    check(open?.attempt === attempt, 'receipt-unknown');
    if (status === undefined) return check(index === open.frames++, 'frame-gap');
    const said = { kind: 'settled', cause: null, intent, code: entry.code };
    equal(entry, { ...said, status: entry.code === null ? status : 'error' }, 'entry-different');
  }
  entry({ kind, intent, cap, effect, attempt, role, change, proposal, hash, code, ...entry }) {
    const [id, { open, asked }] = [hex(intent ?? ''), this.has];
    if (kind === 'intent') {
      const params = entry.params ?? this.objects.get(hex(entry.params_ref));
      const its = { cap, kind: effect, params, idempotency_key: entry.idempotency_key };
      check(same(sha256(unhex('d9d9f7'), encodeItem(its)), intent), 'intent-different');
      open.set(id, { attempt, frames: 0 });
    }
    if (kind === 'settled' || code === 'intent-abandoned') open.delete(id);
    if (kind === 'approval-requested') asked.set(id, role);
    check(change !== 'applied' || asked.has(proposal), 'entry-different');
    if (change === 'applied') this.now.manifest = hash;
    if (/^(voided|applied|rejected|withdrawn)$/.test(change)) asked.delete(proposal);
  }
  signed(by, [domain, shape], roles) {
    const key = this.now.keys.get(hex(by.key_id));
    const may = key?.revoked_at === null && key.roles.some((role) => roles.includes(role));
    check(may && by.sig && isSigned(domain, shape, key.public, by.sig), 'signature-invalid');
    this.counts.signatures++;
  }
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
if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  const [, , file, option, kept] = process.argv;
  if (!existsSync(`${file}`) || (option && (option !== '--head' || !kept))) process.exit(2);
  const head = kept && readFileSync(kept, 'utf8');
  const { findings, objects, counts, now } = new Verifier(readFileSync(file), head);
  const told = `${now.seq + 1} records, ${objects?.size} objects, ${counts.signatures} signatures`;
  console.log(findings[0] ?? `ok  sha256:${hex(now.world)}  ${told}`);
  process.exitCode = findings.length;
}
