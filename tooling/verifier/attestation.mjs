// Verifies an attestation by itself (chapter 14): `node tooling/verifier/attestation.mjs <file>
// [--key <id>]`. Written from the chapter alone, and shares no code with the runtime.
// One line for each finding; the exit code is 0 for none, 1 for some, 2 for no such question.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { check, hex, holds, readDocument, readItem, same, sha256, unhex } from './canonical.mjs';

/** RFC 8785: members by the UTF-16 code units of their names, numbers as ECMAScript writes them. */
export function canonicalText(json) {
  if (typeof json === 'string') check(json.isWellFormed?.() ?? true, 'half a surrogate pair');
  if (typeof json === 'number') check(Number.isFinite(json), 'a number that is none');
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  if (Array.isArray(json)) return `[${json.map(canonicalText).join(',')}]`;
  const members = Object.keys(json).sort();
  const texts = members.map((name) => `${JSON.stringify(name)}:${canonicalText(json[name])}`);
  return `{${texts.join(',')}}`;
}

const base64 = (text) => {
  const bytes = Buffer.from(`${text}`, 'base64');
  check(bytes.toString('base64') === text, `no base64: ${`${text}`.slice(0, 40)}`);
  return bytes;
};
const hashText = (bytes) => `sha256:${hex(bytes)}`;
const isText = (value) => typeof value === 'string';
const rawHash = (text) => {
  check(isText(text) && /^sha256:[0-9a-f]{64}$/.test(text), `no hash: ${text}`);
  return unhex(text.slice(7));
};

/** What a value says in JSON (E3). */
function rendered(value, isShape, name = '') {
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'number') return /_(ns|cents)$/.test(name) ? `${value}` : value;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value).toString('base64');
    if (!isShape) return { $bytes: text };
    return value.length === 32 ? hashText(value) : text;
  }
  if (Array.isArray(value)) return value.map((item) => rendered(item, isShape));
  const keyOf = (key) => (key.startsWith('\0') ? readItem(unhex(key.slice(1))) : key);
  const pairs = Object.entries(value).map(([key, item]) => [keyOf(key), item]);
  if (!pairs.every(([key]) => isText(key))) {
    return pairs.map((pair) => pair.map((each) => rendered(each, isShape)));
  }
  const object = Object.create(null);
  for (const [key, item] of pairs) object[key] = rendered(item, isShape, key);
  return object;
}

const leafOf = (leaf) => sha256(unhex('00'), leaf);
const nodeOf = (left, right) => sha256(unhex('01'), left, right);

/** Walks a proof (RFC 9162, 2.1.3.2 and 2.1.4.2) from a place in a tree; one hash or two. */
function walk(start, [at, last], proof) {
  const hashes = [...start];
  for (const node of proof) {
    check(last !== 0, 'more hashes than the tree has levels');
    if (at % 2 === 1 || at === last) {
      for (const i of hashes.keys()) hashes[i] = nodeOf(node, hashes[i]);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      // the smaller tree ends before this node
      const i = hashes.length - 1;
      hashes[i] = nodeOf(hashes[i], node);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  check(last === 0, 'fewer hashes than the tree has levels');
  return hashes;
}

/** That a leaf is at its place below a root (RFC 9162, 2.1.3.2). */
export function checkInclusion({ leaf, index, size, root }, proof) {
  check(isPlace(index) && isPlace(size) && index >= 0 && index < size, 'no place');
  const [found] = walk([leafOf(leaf)], [index, size - 1], proof);
  check(same(found, root), 'another root');
}

/** That the tree of `older` leaves is the beginning of one of `size` (RFC 9162, 2.1.4.2). */
export function checkConsistency({ older, size, olderRoot, root }, proof) {
  check(isPlace(older) && isPlace(size) && older > 0 && older <= size, 'no such size');
  if (older === size) {
    check(proof.length === 0 && same(olderRoot, root), 'another tree of the same size');
    return;
  }
  const isPower = 2 ** Math.floor(Math.log2(older)) === older;
  const [first, ...rest] = isPower ? [olderRoot, ...proof] : proof;
  check(first !== undefined, 'no hashes');
  let [at, last] = [older - 1, size - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  const [found, whole] = walk([first, first], [at, last], rest);
  check(same(found, olderRoot) && same(whole, root), 'other roots');
}

const PARTS = {
  head: [],
  inclusion: ['place', 'inclusion'],
  consistency: ['older', 'consistency'],
  receipt: ['place', 'inclusion', 'receipt', 'answer'],
  approval: ['place', 'inclusion', 'approval'],
};
const namesOf = (object, ...names) => {
  check(object !== null && typeof object === 'object', `no object: ${object}`);
  check(`${Object.keys(object).sort()}` === `${names.sort()}`, `members ${Object.keys(object)}`);
};
const SIGNATURE = ['key_id', 'public_key', 'signature'];
const KEY = ['key_id', 'name', 'public_key', 'roles', 'added_at', 'revoked_at'];
const isPlace = (value) => Number.isSafeInteger(value) && value >= -1;

const MAX_CHARS = 2 ** 24;
const MAX_LEVELS = 128;

/**
 * What a text says, in which every name stands once and every number is whole and written as RFC
 * 8785 does: of what `JSON.parse` lets pass, all that another reader could take for something else.
 */
function readText(text) {
  check(text.length <= MAX_CHARS, 'more than 16 MiB');
  const said = parsed(text);
  const open = [];
  const tokens = /"(?:[^"\\]+|\\.)*"(?=\s*(:?))|[{}[\]]|-?\d[\d.eE+-]*/g;
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
      check(open.length <= MAX_LEVELS, `more than ${MAX_LEVELS} levels`);
    } else if (token === '}' || token === ']') open.pop();
    else if (token.startsWith('"')) {
      const name = JSON.parse(token);
      check(name.isWellFormed?.() ?? true, 'half a surrogate pair');
      check(!(colon && open.at(-1).has(name)), `twice: ${name}`);
      if (colon) open.at(-1).add(name);
    } else {
      const isWhole = /^-?\d+$/.test(token) && Number.isSafeInteger(Number(token));
      check(isWhole, `a number that is not whole, or beyond 2^53 - 1: ${token.slice(0, 40)}`);
    }
  }
  return said;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('no JSON text');
  }
}

class AttestationVerifier {
  findings = [];

  constructor(text, known) {
    this.trying('attestation-shape', () => {
      const said = readText(text);
      const document = said?.ok === true ? said.data : said;
      namesOf(document, 'type', 'version', 'payload', 'signatures');
      const { type, version, payload, signatures } = document;
      const isKnown = isText(type) && Object.hasOwn(PARTS, type) && version === 1;
      check(isKnown, `${type} ${version}`);
      namesOf(payload, 'world_id', 'keys', 'head', ...PARTS[type]);
      const message = Buffer.from(canonicalText({ type, version, payload }));
      check(Array.isArray(signatures) && signatures.length > 0, 'nobody has signed');
      for (const each of signatures) {
        namesOf(each, ...SIGNATURE);
        check(Object.values(each).every(isText), 'a signature');
      }
      this.members(payload);
      for (const { key_id: id, public_key: key, signature } of signatures) {
        this.expect('attestation-key', hashText(sha256(base64(key))) === id, 'another id');
        const isSigned = holds(base64(key), message, base64(signature));
        this.expect('attestation-signature', isSigned, `not signed by ${id}`);
      }
      const isMeant = known === undefined || signatures.some(({ key_id: id }) => id === known);
      this.expect('signer-unknown', isMeant, 'signed by others');
      for (const { key_id: id, public_key: key } of payload.keys) {
        this.expect('attestation-key', hashText(sha256(base64(key))) === id, 'another id');
      }
      this.payload(payload);
    });
  }

  /** The members of what is not signed by itself (E1.1). */
  members({ keys, place, older, receipt, approval, answer }) {
    check(Array.isArray(keys), 'a list of keys');
    for (const key of keys) {
      namesOf(key, ...KEY);
      const { name, roles, added_at: from, revoked_at: until } = key;
      check(isText(name) && Array.isArray(roles) && roles.every(isText), 'a name and roles');
      const isUntil = until === null || (isPlace(until) && until >= 0);
      check(isPlace(from) && isUntil, 'records of a key');
    }
    if (place !== undefined) namesOf(place, 'seq', 'chain', 'record');
    if (older !== undefined) namesOf(older, 'size', 'merkle_root');
    check(receipt !== null && approval !== null, 'nothing that is signed');
    if (answer !== undefined && answer !== null) namesOf(answer, 'cbor', 'json');
  }

  expect(code, isSo, otherwise) {
    if (!isSo) this.findings.push(`${code}  ${otherwise}`);
  }

  trying(code, run) {
    try {
      run();
    } catch (error) {
      this.expect(code, false, error.name === 'Error' ? error.message : 'out of shape');
    }
  }

  payload(payload) {
    const { head, place, inclusion, older, consistency, receipt, approval, answer } = payload;
    const { seq, merkle_root: root } = this.shape(payload, head, /^head$/, head?.json?.seq + 1);
    check(Number.isSafeInteger(seq), 'no number of a record');
    const tree = () => ({ size: seq + 1, root: rawHash(root) });
    if (place !== undefined) {
      this.trying('attestation-proof', () => {
        const claim = { leaf: rawHash(place.chain), index: place.seq, ...tree() };
        checkInclusion(claim, inclusion.map(rawHash));
      });
    }
    if (older !== undefined) {
      this.trying('attestation-proof', () => {
        const claim = { older: older.size, olderRoot: rawHash(older.merkle_root), ...tree() };
        checkConsistency(claim, consistency.map(rawHash));
      });
    }
    const at = place?.seq ?? seq;
    if (approval) this.shape(payload, approval, /^(approve|reject|approve-intent)$/, at);
    const { payload_hash: hash } = receipt ? this.shape(payload, receipt, /^receipt$/, at) : {};
    if (answer) {
      this.said(answer, false);
      const isAnswer = hashText(sha256(base64(answer.cbor))) === hash;
      this.expect('attestation-rendering', isAnswer, 'another answer than the receipt has');
    }
    if (place && place.record !== null) this.record(place, receipt ?? approval, payload);
  }

  /** That JSON says what CBOR says. */
  said({ cbor, json }, isShape) {
    const value = readDocument(base64(cbor));
    const isSame = canonicalText(rendered(value, isShape)) === canonicalText(json);
    this.expect('attestation-rendering', isSame, 'the JSON says something else than the CBOR');
    return value;
  }

  /** What somebody has signed before record `at`. */
  shape(payload, shape, purpose, at) {
    namesOf(shape, 'domain', 'cbor', 'json', 'key_id', 'signature');
    const { json, ...texts } = shape;
    check(json !== null && Object.values(texts).every(isText), 'a signed shape');
    this.said(shape, true);
    const { world_id: world, verb } = shape.json;
    const [, name = ''] = /^aos\/([a-z-]+)\/0$/.exec(shape.domain) ?? [];
    const isMeant = purpose.test(name) && (verb === undefined || verb === name);
    this.expect('attestation-place', isMeant, `signed as ${shape.domain}`);
    this.expect('attestation-place', world === payload.world_id, `of the world ${world}`);
    const key = payload.keys.find(({ key_id: id }) => id === shape.key_id);
    const roles = { head: ['host'], receipt: ['host', 'adapter'] }[name];
    const isGood = key?.added_at < at && (key.revoked_at === null || key.revoked_at >= at);
    const mayRole = roles?.some((role) => key?.roles.includes(role)) ?? true;
    this.expect('attestation-key', isGood && mayRole, `${shape.key_id} may not sign a ${name}`);
    const message = Buffer.concat([Buffer.from(`${shape.domain}\0`), base64(shape.cbor)]);
    const isSigned = key && holds(base64(key.public_key), message, base64(shape.signature));
    this.expect('attestation-signature', isSigned, `not signed by ${shape.key_id}`);
    return shape.json;
  }

  record({ record, chain, seq }, shape, { world_id: world }) {
    const bytes = base64(record);
    this.expect('attestation-place', hashText(sha256(bytes)) === chain, 'another record');
    const { seq: found, input } = readDocument(bytes);
    this.expect('attestation-place', found === seq, `it is record ${found}`);
    if (!shape) return;
    const { kind, verb, args, nonce, receipt, sig, key_id: id } = input;
    const said = { verb, args, nonce, epoch: shape.json.epoch, world_id: rawHash(world) };
    const body = kind === 'receipt' ? receipt : said;
    const isSame = canonicalText(rendered(body, true)) === canonicalText(shape.json);
    const isSigner = same(sig, base64(shape.signature)) && hashText(id) === shape.key_id;
    this.expect('attestation-place', isSame && isSigner, 'the record holds something else');
  }
}

export const verifyAttestation = (text, known) => new AttestationVerifier(text, known).findings;

/** Nothing where it is no UTF-8; a byte order mark stays in it. */
function textOf(file) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch {
    return '';
  }
}

function main(file, option, key) {
  if (!existsSync(`${file}`) || (option && (option !== '--key' || !key))) {
    console.error('expected: attestation.mjs <file> [--key <id>]');
    return 2;
  }
  const findings = verifyAttestation(textOf(file), key);
  console.log(findings.length === 0 ? 'attestation OK' : findings.join('\n'));
  return findings.length === 0 ? 0 : 1;
}

const isMain = process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename;
if (isMain) process.exitCode = main(process.argv[2], process.argv[3], process.argv[4]);
