// Verifies a bundle by itself: `node tooling/verifier/verify.mjs <bundle> [--head <kept head>]`.
// Written from the chapters of spec/ alone; shares no code with the runtime. It runs nothing, so it
// cannot tell whether a reducer came to its state, but whether what is there is what was written
// and signed (chapters 3, 7, 12). Exit code 0 for no finding, 1 for the first, 2 for no question.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import * as canonical from './canonical.mjs';

const { check, encodeItem, hex, isSigned, readDocument, readItem } = canonical;
const { rootOf, same, sha256, unhex, withLeaf } = canonical;
const EMPTY_TRIE = hex(sha256(unhex('d9d9f7a1666c656176657380')));
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
  /** Roles of those who may approve, by intent, and shadows that they may, by proposal. */
  asked = new Map();
  nonces = new Set();
  /** The world as the next record finds it, and the tree of those before. */
  now = { seq: -1, epoch: 0, clock: 0, nodes: [], keys: new Map() };

  constructor(bytes, kept) {
    try {
      this.bundle(bytes, kept);
    } catch (error) {
      this.findings.push(`${error.message}  behind record ${this.now.seq}`);
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
    check(/^123*[24]*56$/.test(order), 'bundle-shape');
    const of = (wanted) => frames.filter(({ kind }) => kind === wanted);
    this.objects = new Map(of(3).map(({ payload }) => [hex(sha256(payload)), payload]));
    const counts = { objects: of(3).length, records: of(4).length };
    const told = [readDocument(of(5)[0].payload), counts.objects];
    equal(told, [counts, this.objects.size], 'bundle-shape');
    const { snapshot, ...end } = readDocument(frames[0].payload);
    if (snapshot) this.snapshot(snapshot);
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
    this.heads.push({ head: { ...this.stored(hex(hash)), seq } });
    const stored = head && this.stored(hex(head));
    if (head) equal([stored.head.world_hash, stored.head.seq], [hash, seq], 'head-different');
    if (head) this.heads.push(stored);
  }

  lookAtHeads() {
    const { world, seq, chain, epoch, manifest, nodes } = this.now;
    for (const { head, frontier, signature } of this.heads.filter(({ head }) => head.seq === seq)) {
      const here = { world_id: world, chain, epoch, manifest, merkle_root: rootOf(nodes) };
      const said = Object.keys(here).map((name) => head[name] ?? here[name]);
      equal([said, frontier ?? nodes], [Object.values(here), nodes], 'head-different');
      if (signature) this.signed(signature, ['aos/head/0', head], ['host']);
    }
  }

  genesis(payload) {
    const { parent, manifest, runtime, keyring } = readDocument(payload);
    for (const key of keyring) check(same(sha256(key.public), key.key_id), 'genesis-keyring');
    const [{ now }, isFirst] = [this, this.counts.worlds++ === 0];
    const border = isFirst ? null : { world_id: now.world, seq: now.seq, chain: now.chain };
    equal(parent ?? null, border, 'bundle-genesis');
    if (isFirst) now.keys = new Map(keyring.map((key) => [hex(key.key_id), key]));
    const valid = [...now.keys.values()].filter(({ isRevoked }) => !isRevoked);
    const carried = isFirst ? [manifest, runtime] : [now.manifest, now.runtime];
    equal([manifest, runtime, keyring], [...carried, valid], 'fork-mismatch');
    const world = sha256(payload);
    this.now = { ...now, manifest, runtime, world, chain: world, isAtBorder: !isFirst };
    this.needed.push([hex(manifest), true]);
    if (isFirst) this.lookAtHeads();
  }

  record(bytes) {
    const [record, { now }] = [readDocument(bytes), this];
    const { seq, prev, stamp, input, entries } = record;
    check(seq === now.seq + 1, 'record-sequence');
    check(same(prev, now.chain), 'record-chain');
    check(stamp.logical_now_ns >= now.clock, 'record-time');
    check(!now.isAtBorder || input.verb === 'epoch', 'fork-epoch-first');
    const [chain, clock] = [sha256(bytes), stamp.logical_now_ns];
    const nodes = withLeaf(now.nodes, seq, chain);
    this.now = { ...now, seq, chain, clock, nodes, isAtBorder: false };
    this.needed.push(...needs(record));
    if (!/^(event|tick|continue)$/.test(input.kind)) this.input(input);
    for (const { kind, intent, role, change, proposal, hash } of entries) {
      if (kind === 'approval-requested') this.asked.set(hex(intent), role);
      if (change === 'shadowed') this.asked.set(proposal, hash);
      if (change === 'applied') this.now.manifest = hash;
    }
    this.lookAtHeads();
  }

  /** Something signed; what it changes holds for the records behind it. */
  input(input) {
    const { kind, verb, args, nonce, receipt, frame, payload, payload_ref: ref } = input;
    const { world, epoch, keys } = this.now;
    const shape = receipt ?? frame ?? { world_id: world, epoch, verb, args, nonce };
    equal([shape.world_id, shape.epoch], [world, epoch], 'receipt-world');
    equal(shape.payload_hash ?? null, (payload ? sha256(payload) : ref) ?? null, 'receipt-payload');
    const uses = this.nonces.size;
    this.nonces.add(hex(encodeItem([input.key_id, nonce ?? shape])));
    check(this.nonces.size > uses, 'verb-replayed');
    // who else may say a verb of governance is in rules that a replay judges by
    const all = ['operator', 'approver', 'host', 'adapter'];
    const roles = { control: ['operator'], keyring: ['operator'], governance: all }[kind];
    const asked = this.asked.get(verb === 'approve' ? args.proposal : hex(args?.intent_hash ?? ''));
    const may = verb === 'approve-intent' ? [asked] : (roles ?? ['host', 'adapter']);
    this.signed(input, [`aos/${verb ?? kind}/0`, shape], may);
    check(verb !== 'approve' || same(args.shadow_hash, asked), 'approval-shadow');
    if (verb === 'epoch') this.now.epoch = args.epoch;
    if (verb === 'runtime-upgrade') this.now.runtime = args;
    if (verb === 'keyring-revoke') keys.set(hex(args.key_id), { isRevoked: true });
    const id = args?.public && sha256(args.public);
    check(!id || !keys.has(hex(id)), 'key-known');
    if (id) keys.set(hex(id), { ...args, key_id: id });
  }

  signed({ key_id: id, sig }, [domain, shape], roles) {
    const key = this.now.keys.get(hex(id));
    const may = key?.roles?.some((role) => roles.includes(role));
    check(may && sig && isSigned(domain, shape, key.public, sig), 'signature-invalid');
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
