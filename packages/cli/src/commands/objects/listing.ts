/** `aos obj ls`: the catalogue by name, as a tree where that is asked for. */
import type { CellsResult, PlainValue } from '@aos/protocol';
import { type Asked, withAccess } from '../../access/with-access.js';
import { recordData } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { CATALOG, latestOf, type ObjectVersion, printObject, versionsOf } from './catalog.js';

export interface ListingOptions {
  /** Most lines. */
  readonly limit: number;
  /** Every version, not only the latest. */
  readonly versions?: true;
  readonly kind?: string;
  readonly tag?: string;
  /** Parts of names to show behind the prefix; what lies deeper is counted. */
  readonly depth?: number;
}

/** Names that go on behind `name`, which ends with a slash. */
interface Group {
  readonly name: string;
  count: number;
}

const PAGE_CELLS = 500;

export async function listObjects(
  path: string,
  prefix: string,
  options: ListingOptions,
): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const listing = new Listing(prefix, options);
    for await (const [name, state] of cellsOf(asked, prefix)) {
      if (!listing.take(name, state)) break;
    }
    return listing.answer();
  });
}

/** Every cell of the catalogue whose name begins so, a page at a time. */
async function* cellsOf(
  asked: Asked,
  prefix: string,
): AsyncGenerator<readonly [string, PlainValue]> {
  let after: PlainValue = null;
  do {
    const behind = after === null ? {} : { after };
    const args = { reducer: CATALOG, prefix, limit: PAGE_CELLS, ...behind };
    const found: CellsResult = await asked.call('cells.list', args);
    for (const { key, state } of found.cells) yield [key as string, state];
    after = found.after;
  } while (after !== null);
}

class Listing {
  readonly #objects: ObjectVersion[] = [];
  readonly #groups = new Map<string, Group>();
  #isCut = false;

  constructor(
    private readonly prefix: string,
    private readonly options: ListingOptions,
  ) {}

  /** Whether there is room for more. */
  take(name: string, state: PlainValue): boolean {
    const { versions: all, limit } = this.options;
    const versions = versionsOf(name, state);
    const shown = (all === true ? versions : [latestOf(versions)]).filter((each) =>
      this.fits(each),
    );
    if (shown.length === 0) return true;
    const group = this.groupOf(name);
    const isKnown = group !== undefined && this.#groups.has(group);
    if (!isKnown && this.#objects.length + this.#groups.size >= limit) {
      this.#isCut = true;
      return false;
    }
    if (group === undefined) this.#objects.push(...shown.slice(0, limit - this.#objects.length));
    else this.countIn(group);
    return true;
  }

  answer(): Answer {
    const groups = [...this.#groups.values()];
    const lines = [...this.#objects.map(printObject), ...groups.map(printGroup)].sort();
    const nothing = this.prefix === '' ? 'the catalogue is empty' : `nothing begins so`;
    return {
      data: { objects: this.#objects.map(toData), groups: groups.map(toData), is_cut: this.#isCut },
      lines: lines.length === 0 ? [nothing] : lines,
      warnings: this.#isCut ? ['there is more: raise --limit, or give a longer prefix'] : [],
    };
  }

  private fits({ kind, tags }: ObjectVersion): boolean {
    const { kind: ofKind, tag } = this.options;
    return (ofKind === undefined || kind === ofKind) && (tag === undefined || tags.includes(tag));
  }

  private countIn(name: string): void {
    const known = this.#groups.get(name);
    if (known === undefined) this.#groups.set(name, { name, count: 1 });
    else known.count += 1;
  }

  /** Where a name goes on deeper than is shown: its beginning with the slash. */
  private groupOf(name: string): string | undefined {
    const { depth } = this.options;
    if (depth === undefined) return undefined;
    let end = this.prefix.length - 1;
    for (let part = 0; part < depth; part++) {
      end = name.indexOf('/', end + 1);
      if (end < 0) return undefined;
    }
    return name.slice(0, end + 1);
  }
}

const toData = (each: ObjectVersion | Group) => recordData({ ...each });

const printGroup = ({ name, count }: Group): string =>
  `${name}  ${count} ${count === 1 ? 'object' : 'objects'}`;
