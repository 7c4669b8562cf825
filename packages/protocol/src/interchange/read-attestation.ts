/** Reading an attestation, strictly: what nobody knows to check is refused. */
import {
  attempt,
  type CanonicalJson,
  type HashText,
  parseHashText,
  RefusalError,
  type Result,
} from '@aos/canon';
import {
  ATTESTATION_PARTS,
  ATTESTATION_VERSION,
  type Attestation,
  type AttestationType,
  type AttestedKey,
  type AttestedParts,
  type SignedShape,
} from './attestation.js';

/** Codes: `attestation-version` for another version or type, `attestation-shape`. */
export function readAttestation(json: CanonicalJson): Result<Attestation> {
  return attempt(() => {
    const fields = new Members(json, '');
    const type = fields.text('type');
    const version = fields.count('version');
    if (!Object.hasOwn(ATTESTATION_PARTS, type) || version !== ATTESTATION_VERSION) {
      const detail = `expected an attestation of version ${ATTESTATION_VERSION}, found ${type}`;
      throw refused('attestation-version', '', `${detail} ${version}; use a later release`);
    }
    const payload = readPayload(fields.members('payload'), type as AttestationType);
    const signatures = fields.list('signatures', (each) => ({
      key_id: each.hash('key_id'),
      public_key: each.text('public_key'),
      signature: each.text('signature'),
    }));
    fields.end();
    if (signatures.length === 0) throw shape('/signatures', 'a signature', 'none');
    return { type: type as AttestationType, version: ATTESTATION_VERSION, payload, signatures };
  });
}

function readPayload(fields: Members, type: AttestationType): Attestation['payload'] {
  const payload = {
    world_id: fields.hash('world_id'),
    keys: fields.list('keys', readKey),
    head: readShape(fields.members('head')),
  };
  const parts = Object.fromEntries(
    ATTESTATION_PARTS[type].map((name) => [name, PART_READERS[name](fields)]),
  );
  fields.end();
  return { ...payload, ...parts };
}

const PART_READERS: {
  readonly [P in keyof AttestedParts]: (fields: Members) => AttestedParts[P];
} = {
  place: (fields) => {
    const place = fields.members('place');
    const read = {
      seq: place.count('seq'),
      chain: place.hash('chain'),
      record: place.textOrNull('record'),
    };
    place.end();
    return read;
  },
  inclusion: (fields) => fields.hashes('inclusion'),
  older: (fields) => {
    const older = fields.members('older');
    const read = { size: older.count('size'), merkle_root: older.hash('merkle_root') };
    older.end();
    return read;
  },
  consistency: (fields) => fields.hashes('consistency'),
  receipt: (fields) => readShape(fields.members('receipt')),
  answer: (fields) => {
    if (fields.isNull('answer')) return null;
    const answer = fields.members('answer');
    const read = { cbor: answer.text('cbor'), json: answer.any('json') };
    answer.end();
    return read;
  },
  approval: (fields) => readShape(fields.members('approval')),
};

function readKey(key: Members): AttestedKey {
  return {
    key_id: key.hash('key_id'),
    name: key.text('name'),
    public_key: key.text('public_key'),
    roles: key.texts('roles'),
    added_at: key.integer('added_at'),
    revoked_at: key.isNull('revoked_at') ? null : key.count('revoked_at'),
  };
}

function readShape(fields: Members): SignedShape {
  const read = {
    domain: fields.text('domain'),
    cbor: fields.text('cbor'),
    json: fields.any('json'),
    key_id: fields.hash('key_id'),
    signature: fields.text('signature'),
  };
  fields.end();
  return read;
}

/** The members of one object; {@link end} refuses what nobody has asked for. */
class Members {
  readonly #object: Readonly<Record<string, CanonicalJson>>;
  readonly #left: Set<string>;

  constructor(
    json: CanonicalJson,
    private readonly at: string,
  ) {
    if (json === null || typeof json !== 'object' || Array.isArray(json)) {
      throw shape(at, 'an object', json);
    }
    this.#object = json as Readonly<Record<string, CanonicalJson>>;
    this.#left = new Set(Object.keys(this.#object));
  }

  any(name: string): CanonicalJson {
    this.#left.delete(name);
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    if (value === undefined) throw shape(this.place(name), 'a value', 'nothing');
    return value;
  }

  /** Takes it when it is null. */
  isNull(name: string): boolean {
    return this.any(name) === null;
  }

  text(name: string): string {
    const value = this.any(name);
    return typeof value === 'string' ? value : this.wrong(name, 'text');
  }

  textOrNull(name: string): string | null {
    return this.isNull(name) ? null : this.text(name);
  }

  texts(name: string): readonly string[] {
    const list = this.any(name);
    const isTexts = Array.isArray(list) && list.every((item) => typeof item === 'string');
    return isTexts ? list : this.wrong(name, 'a list of texts');
  }

  hash(name: string): HashText {
    const [hash] = this.hashesOf(name, [this.any(name)]);
    return hash as HashText;
  }

  hashes(name: string): readonly HashText[] {
    const list = this.any(name);
    return this.hashesOf(name, Array.isArray(list) ? list : this.wrong(name, 'a list of hashes'));
  }

  integer(name: string): number {
    const value = this.any(name);
    return Number.isSafeInteger(value) ? (value as number) : this.wrong(name, 'a whole number');
  }

  count(name: string): number {
    const value = this.integer(name);
    return value >= 0 ? value : this.wrong(name, 'a number from 0');
  }

  members(name: string): Members {
    return new Members(this.any(name), this.place(name));
  }

  list<T>(name: string, read: (item: Members) => T): readonly T[] {
    const list = this.any(name);
    if (!Array.isArray(list)) return this.wrong(name, 'a list');
    return list.map((item: CanonicalJson, i) => {
      const members = new Members(item, `${this.place(name)}/${i}`);
      const value = read(members);
      members.end();
      return value;
    });
  }

  end(): void {
    const [name] = this.#left;
    if (name === undefined) return;
    throw refused('attestation-shape', this.place(name), 'nothing is expected by that name');
  }

  private place(name: string): string {
    return `${this.at}/${name}`;
  }

  private hashesOf(name: string, list: readonly CanonicalJson[]): readonly HashText[] {
    const isHash = (item: CanonicalJson) => typeof item === 'string' && parseHashText(item).ok;
    return list.every(isHash) ? (list as readonly HashText[]) : this.wrong(name, 'hashes');
  }

  private wrong(name: string, expected: string): never {
    throw shape(this.place(name), expected, this.#object[name] ?? null);
  }
}

function shape(at: string, expected: string, found: CanonicalJson): RefusalError {
  const kind = Array.isArray(found) ? 'a list' : typeof found === 'string' ? found : typeof found;
  return refused('attestation-shape', at, `expected ${expected}, found ${kind.slice(0, 80)}`);
}

function refused(code: string, at: string, detail: string): RefusalError {
  return new RefusalError({ code, at, detail });
}
