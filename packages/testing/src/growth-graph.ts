/** Objects that name each other, and which of them something reaches: known without reading any. */
import { type Encodable, encode, type Hash, sha256, toHashText, toHex } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { Random } from './random.js';

const MAX_NAMED = 3;
const LARGE_BYTES = 300;

export interface GraphNode extends StoredObject {
  readonly names: readonly GraphNode[];
}

export class GrowthGraph {
  readonly nodes: GraphNode[] = [];
  private readonly byHash = new Map<string, GraphNode>();

  constructor(private readonly random: Random) {}

  /** A new object that names some that there are. */
  grow(): GraphNode {
    const names = this.some();
    const id = this.nodes.length;
    const filler = this.random.bytes(this.random.below(LARGE_BYTES));
    const bytes = encode({ id, filler, names: names.map(({ hash }) => this.written(hash)) });
    const node = { hash: sha256(bytes), bytes, names };
    this.nodes.push(node);
    this.byHash.set(toHex(node.hash), node);
    return node;
  }

  /** Some of the objects that there are. */
  some(): GraphNode[] {
    if (this.nodes.length === 0) return [];
    const count = this.random.below(MAX_NAMED + 1);
    return Array.from({ length: count }, () => this.random.pick(this.nodes));
  }

  /** A hash in one of the forms in which values hold hashes. */
  written(hash: Hash): Encodable {
    const form = this.random.below(3);
    if (form === 0) return hash;
    return form === 1 ? toHashText(hash) : encode({ inner: [hash] });
  }

  /** Everything that some objects reach, themselves too. */
  static reach(roots: readonly GraphNode[]): ReadonlySet<GraphNode> {
    const found = new Set<GraphNode>(roots);
    for (const node of found) for (const named of node.names) found.add(named);
    return found;
  }
}
