// Verifies a bundle by itself: `node tooling/verifier/verify.mjs <bundle> [--head <kept head>]`.
//
// Written from the chapters of spec/ alone, and shares no code with the runtime: where both agree
// on a file, it is not by one mistake. It runs nothing, so it cannot tell whether a reducer came to
// its state; it tells whether what is there is what was written and signed (chapters 3, 7, 8, 12).
// One line for each finding; the exit code is 0 for none, 1 for some, 2 for no such question.
import { readFileSync, realpathSync } from 'node:fs';
import {
  bytesOf,
  check,
  EMPTY_TRIE,
  hex,
  holds,
  integer,
  messageOf,
  rawOf,
  readDocument,
  readItem,
  readKept,
  same,
  sha256,
  shapeOf,
  short,
  Tree,
  unhex,
} from './canonical.mjs';

/** Every hash that bytes may refer to (chapter 5, S10.1). */
function* mentions(bytes) {
  const text = bytes.toString('latin1');
  const places = text.matchAll(/(?=X )/g);
  for (const { index: at } of places) yield hex(bytes.subarray(at + 2, at + 34));
  for (const [, hash] of text.matchAll(/sha256:([0-9a-f]{64})/g)) yield hash;
  const isList = text.startsWith('aos/blob-list/0\0');
  for (let at = 24; isList && at < bytes.length; at += 32) yield hex(bytes.subarray(at, at + 32));
}

/** What a record, a snapshot or a leaf says is stored, and whether that is a node of a trie. */
function* needs(value) {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
  for (const [name, field] of Object.entries(value)) {
    const isHash = field instanceof Uint8Array && field.length === 32;
    if (isHash && /^(ann|ref)$|_ref$/.test(name)) yield [hex(field), false];
    else if (isHash && name === 'root') yield [hex(field), true];
    else yield* needs(field);
  }
}

/** The same of a node, a snapshot, a manifest or a definition. */
function* nodeNeeds(value) {
  const { $kind: kind, children, leaves, leaf, pending, wasm_hash: code } = value;
  const hashes = [...(pending ?? []), ...(children ?? []).flatMap((each) => each?.[1] ?? [])];
  for (const hash of hashes) yield [hex(hash), true];
  const leafBytes = (leaves ?? leaf ?? []).filter((_, i) => i % 2 === 1);
  for (const bytes of leafBytes) yield* needs(readItem(bytes));
  if (kind === undefined) yield* needs(value);
  if (kind === 'defmodule' && code) yield [code.slice(7), false];
  const rows = kind === 'manifest' ? Object.values(value).flat() : [];
  const own = rows.filter((row) => row?.hash && !`${row.name}`.startsWith('sys/'));
  for (const { hash } of own) yield [hash.slice(7), true];
}

export class Verifier {
  findings = [];
  objects = new Map();
  /** What others are reached from. */
  roots = [];
  /** What has to be stored: hash, whether it is a node, and by what. */
  needed = [];
  heads = [];
  keys = new Map();
  /** Roles asked for, by intent. */
  asked = new Map();
  nonces = new Set();
  tree = new Tree();
  seq = -1;
  counts = { worlds: 0, signatures: 0 };
  /** Of the world as the next record finds it. */
  now = { epoch: 0, clock: 0 };

  constructor(bytes, kept) {
    this.trying('bundle-shape', () => this.bundle(bytes, kept));
  }
  expect(code, isSo, otherwise) {
    if (!isSo) this.findings.push(`${code}  ${otherwise}`);
  }
  trying(code, run) {
    try {
      run();
    } catch (error) {
      this.expect(code, false, `behind record ${this.seq}: ${error.message}`);
    }
  }

  bundle(bytes, kept) {
    check(same(bytes.subarray(0, 12), Buffer.from('AOSBUNDL\0\0\0\x01')), 'no bundle of format 1');
    const isWhole = same(sha256(bytes.subarray(0, -32)), bytes.subarray(-32));
    this.expect('bundle-damaged', isWhole, 'the hash at its end is of other bytes');
    const frames = [];
    for (let at = 12, end = at; at < bytes.length; at = end) {
      end = at + 5 + bytes.readUInt32BE(at + 1);
      check(end <= bytes.length, 'a frame ends behind the file');
      frames.push([bytes[at] < 7 ? bytes[at] : 0, bytes.subarray(at + 5, end)]);
    }
    const order = frames.map(([kind]) => kind).join('');
    check(/^123*[24]*56$/.test(order), 'frames are not in their order');
    const stored = frames.filter(([kind]) => kind === 3);
    this.objects = new Map(stored.map(([, payload]) => [hex(sha256(payload)), payload]));
    const isOnce = this.objects.size === stored.length;
    this.expect('bundle-shape', isOnce, 'an object is there twice');
    const head = readDocument(frames[0][1]);
    if (head.snapshot) this.trying('head-different', () => this.snapshot(head.snapshot));
    if (kept) this.heads.push({ ...readKept(kept), name: 'the kept head' });
    for (const [kind, payload] of frames) {
      if (kind === 2) this.trying('bundle-genesis', () => this.genesis(payload));
      if (kind === 4) this.trying('record-shape', () => this.record(payload));
    }
    const { objects, records } = readDocument(frames.at(-2)[1]);
    const isCounted = objects === stored.length && records === this.seq + 1;
    this.expect('bundle-shape', isCounted, 'there are other counts than it says');
    const isEnd = same(head.world_id, this.now.world) && same(head.chain, this.now.chain);
    const isAll = isEnd && head.seq === this.seq && head.worlds === this.counts.worlds;
    this.expect('bundle-head', isAll, 'it says it ends otherwise than it does');
    for (const { name, head } of this.heads.filter(({ head }) => head.seq > this.seq)) {
      this.expect('head-missing', false, `${name} is of record ${head.seq}`);
    }
    this.closure();
  }

  snapshot({ seq, hash, head }) {
    const named = head ? [hash, head] : [hash];
    for (const each of named) {
      this.needed.push([hex(each), each === hash, 'the bundle']);
      this.roots.push(Buffer.concat([unhex('5820'), each]));
    }
    const [snapshot, stored] = named.map((each) => this.objects.get(hex(each)));
    if (snapshot)
      this.heads.push({ head: { ...readDocument(snapshot), seq }, name: 'the snapshot' });
    if (!stored) return;
    const read = { ...readDocument(stored), name: 'the head of the snapshot' };
    const isOurs = same(read.head.world_hash, hash) && read.head.seq === seq;
    this.expect('head-different', isOurs, 'the head of the snapshot is of another one');
    this.heads.push(read);
  }

  lookAtHeads() {
    for (const { name, head, frontier, signature } of this.heads) {
      if (head.seq !== this.seq) continue;
      const { manifest = this.now.manifest, merkle_root: root = this.tree.root() } = head;
      const say = (isSo, what) =>
        this.expect('head-different', isSo, `${name} at record ${this.seq}: another ${what}`);
      say(same(head.world_id, this.now.world), 'world');
      say(same(head.chain, this.now.chain), 'chain value');
      say(head.epoch === this.now.epoch, 'epoch');
      say(same(manifest, this.now.manifest), 'manifest');
      say(same(root, this.tree.root()), 'tree');
      const nodes = Buffer.concat(this.tree.nodes.map(({ hash }) => hash));
      if (frontier) say(same(Buffer.concat(frontier), nodes), 'frontier');
      if (!signature) continue;
      const place = {
        seq: integer(head.seq),
        chain: bytesOf(head.chain),
        epoch: integer(head.epoch),
      };
      const hashes = { world_hash: bytesOf(head.world_hash), merkle_root: bytesOf(root) };
      const shape = shapeOf({ ...place, world_id: bytesOf(head.world_id), ...hashes });
      const message = messageOf('aos/head/0', shape);
      say(this.isBy(signature, message, ['host']), 'signer than a host');
    }
  }

  genesis(payload) {
    const { parent, manifest, runtime, keyring } = readDocument(payload);
    const { now } = this;
    const isKeyed = keyring.every((key) => same(sha256(key.public), key.key_id));
    this.expect('genesis-keyring', isKeyed, 'a key is not what its id says');
    const told = (keys) => keys.map(({ key_id: id, name, roles }) => `${hex(id)} ${name} ${roles}`);
    this.isAtBorder = this.counts.worlds++ > 0;
    if (this.isAtBorder) {
      const isHere = same(parent?.chain, now.chain) && same(parent.world_id, now.world);
      this.expect('bundle-genesis', isHere && parent.seq === this.seq, 'a fork begins elsewhere');
      const valid = told([...this.keys.values()].filter(({ isRevoked }) => !isRevoked));
      const isCarried = same(manifest, now.manifest) && same(rawOf.get(runtime), now.runtime);
      const isSame = isCarried && `${valid}` === `${told(keyring)}`;
      this.expect('fork-mismatch', isSame, 'a fork begins as another world than it is of');
    } else {
      this.expect('bundle-genesis', !parent, 'the first world is a fork');
      this.keys = new Map(keyring.map((key) => [hex(key.key_id), key]));
    }
    const world = sha256(payload);
    this.now = { ...now, manifest, runtime: rawOf.get(runtime), world, chain: world };
    this.roots.push(payload);
    this.needed.push([hex(manifest), true, 'a genesis']);
    if (!this.isAtBorder) this.lookAtHeads();
  }

  record(bytes) {
    this.seq++;
    const [by, { now }] = [`record ${this.seq}`, this];
    this.roots.push(bytes);
    this.now = { ...now, chain: sha256(bytes) };
    this.tree.add(this.now.chain);
    const record = readDocument(bytes);
    const { seq, prev, stamp, input, entries } = record;
    this.expect('record-sequence', seq === this.seq, `${by} says that it is record ${seq}`);
    this.expect('record-chain', same(prev, now.chain), `${by} does not follow from the one before`);
    this.expect('record-time', stamp.logical_now_ns >= now.clock, `${by} is before the one before`);
    this.now.clock = stamp.logical_now_ns;
    this.needed.push(...[...needs(record)].map((need) => [...need, by]));
    const isBegun = !this.isAtBorder || input.verb === 'epoch';
    this.expect('fork-epoch-first', isBegun, `${by} is not the verb that begins a fork`);
    this.isAtBorder = false;
    if (!['event', 'tick', 'continue'].includes(input.kind)) this.signed(input, by);
    for (const { kind, intent, role, change, hash } of entries) {
      if (kind === 'approval-requested') this.asked.set(hex(intent), role);
      if (kind === 'governance-changed' && change === 'applied') this.now.manifest = hash;
    }
    this.change(input);
    this.lookAtHeads();
  }

  signed(input, by) {
    const { kind, verb, args, nonce, key_id: id, receipt, frame: body = receipt } = input;
    this.counts.signatures++;
    if (body) {
      const hash = input.payload ? sha256(input.payload) : input.payload_ref;
      this.expect('receipt-payload', same(hash, body.payload_hash), `${by} has another payload`);
      const isHere = same(body.world_id, this.now.world) && body.epoch === this.now.epoch;
      this.expect('receipt-world', isHere, `${by} is answered for another world or epoch`);
      const isSigned = this.isBy(input, messageOf(`aos/${kind}/0`, rawOf.get(body)), [
        'host',
        'adapter',
      ]);
      this.expect('signature-invalid', isSigned, `${by} is not signed by a key that may`);
      return;
    }
    const use = `${hex(id)} ${hex(nonce)}`;
    this.expect('verb-replayed', !this.nonces.has(use), `${by} has a nonce that was used`);
    this.nonces.add(use);
    const asked = kind === 'governance' ? this.asked.get(hex(args.intent_hash ?? [])) : 'operator';
    const said = { args: hex(rawOf.get(args)), verb: short(verb), epoch: integer(this.now.epoch) };
    const shape = shapeOf({ ...said, nonce: bytesOf(nonce), world_id: bytesOf(this.now.world) });
    const isSigned = this.isBy(input, messageOf(`aos/${verb}/0`, shape), asked && [asked]);
    this.expect('signature-invalid', isSigned, `${by} is not signed by a key that may`);
  }

  isBy({ key_id: id, sig }, message, roles) {
    const key = this.keys.get(hex(id));
    if (!key || key.isRevoked || (roles && !roles.some((role) => key.roles.includes(role))))
      return false;
    return holds(key.public, message, sig);
  }

  /** What a verb changes for the records behind it. */
  change({ verb, args }) {
    if (verb === 'epoch') this.now.epoch = args.epoch;
    if (verb === 'runtime-upgrade') this.now.runtime = rawOf.get(args);
    if (verb === 'keyring-revoke') this.keys.set(hex(args.key_id), { isRevoked: true });
    if (verb !== 'keyring-add') return;
    const id = sha256(args.public);
    this.expect('key-known', !this.keys.has(hex(id)), `record ${this.seq} adds a key again`);
    this.keys.set(hex(id), { ...args, key_id: id });
  }

  closure() {
    const done = new Set([EMPTY_TRIE]);
    for (let next = this.needed.pop(); next; next = this.needed.pop()) {
      const [hash, isNode, by] = next;
      const bytes = this.objects.get(hash);
      this.expect('object-missing', bytes || done.has(hash), `${hash}, which ${by} names`);
      const isOpen = bytes && isNode && !done.has(hash);
      done.add(hash);
      const inside = () => [...nodeNeeds(readDocument(bytes))].map((need) => [...need, hash]);
      if (isOpen) this.trying('object-shape', () => this.needed.push(...inside()));
    }
    const strange = new Map(this.objects);
    for (let bytes = this.roots.pop(); bytes; bytes = this.roots.pop()) {
      for (const hash of mentions(bytes)) {
        if (strange.has(hash)) this.roots.push(strange.get(hash));
        strange.delete(hash);
      }
    }
    for (const hash of strange.keys()) this.expect('bundle-extra', false, `nothing names ${hash}`);
  }
}

function main([file, option, kept]) {
  if (file === undefined || (option !== undefined && (option !== '--head' || !kept))) {
    console.error('usage: verify.mjs <bundle> [--head <kept head>]');
    return 2;
  }
  const head = kept && readFileSync(kept, 'utf8');
  const { findings, seq, objects, counts, now } = new Verifier(readFileSync(file), head);
  const told = `${seq + 1} records, ${objects.size} objects, ${counts.signatures} signatures`;
  console.log(findings.length > 0 ? findings.join('\n') : `ok  sha256:${hex(now.world)}  ${told}`);
  return findings.length > 0 ? 1 : 0;
}

const isMain = process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename;
if (isMain) process.exitCode = main(process.argv.slice(2));
