/**
 * The names of a simulated disk. Making a file or a directory and renaming show at once; they are
 * on the disk only after a flush of the directory that holds the name. In a power loss each change
 * that no flush covered survives or is lost alone, a rename as a whole.
 */
import type { Random } from './random.js';
import { SimContent } from './sim-content.js';

type SimNode = SimContent | SimDirectory;

class SimDirectory {
  readonly entries = new Map<string, SimNode>();
  readonly durable = new Map<string, SimNode>();
}

interface NameEdit {
  readonly name: string;
  readonly node: SimNode | undefined;
}

interface NameChange {
  readonly directory: SimDirectory;
  readonly edits: readonly NameEdit[];
}

/** As the errors of Node's file system: `code` says what happened. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, errno: -1 });
}

export class SimTree {
  private readonly root = new SimDirectory();
  private changes: NameChange[] = [];

  list(path: string): readonly string[] | undefined {
    const node = this.find(path);
    return node instanceof SimDirectory ? [...node.entries.keys()] : undefined;
  }

  file(path: string): SimContent {
    const node = this.find(path);
    if (node instanceof SimContent) return node;
    throw systemError('ENOENT', path);
  }

  /** The file, made if it is not there. */
  makeFile(path: string): SimContent {
    const known = this.find(path);
    if (known instanceof SimContent) return known;
    const file = new SimContent();
    this.change(path, [{ name: nameOf(path), node: file }]);
    return file;
  }

  makeDirectory(path: string): void {
    if (this.find(path)) throw systemError('EEXIST', path);
    this.change(path, [{ name: nameOf(path), node: new SimDirectory() }]);
  }

  has(path: string): boolean {
    return this.find(path) !== undefined;
  }

  /** Whoever has the file open goes on with it. */
  remove(path: string): void {
    this.file(path);
    this.change(path, [{ name: nameOf(path), node: undefined }]);
  }

  /** Within one directory, and onto nothing or a file by a file. */
  rename(from: string, to: string): void {
    const node = this.find(from);
    if (!node || parentOf(from) !== parentOf(to)) throw systemError('ENOENT', from);
    const isReplacing = node instanceof SimContent && this.find(to) instanceof SimContent;
    if (this.find(to) && !isReplacing) throw systemError('ENOTEMPTY', to);
    this.change(from, [
      { name: nameOf(from), node: undefined },
      { name: nameOf(to), node },
    ]);
  }

  /** What a flush of this directory that starts now will cover. */
  covered(path: string): readonly NameChange[] {
    const directory = this.directory(path);
    return this.changes.filter((change) => change.directory === directory);
  }

  flushed(covered: readonly NameChange[]): void {
    for (const { directory, edits } of covered) applyEdits(directory.durable, edits);
    this.changes = this.changes.filter((change) => !covered.includes(change));
  }

  loseProcess(random: Random): void {
    for (const file of files(this.root)) file.loseProcess(random);
  }

  /** The names and contents that are left on the disk. */
  afterPowerLoss(random: Random): SimTree {
    const mode = random.below(3);
    for (const { directory, edits } of this.changes) {
      if (mode === 1 || (mode === 2 && random.chance(0.5))) applyEdits(directory.durable, edits);
    }
    const tree = new SimTree();
    copyDurable(this.root, tree.root, random);
    return tree;
  }

  private change(path: string, edits: readonly NameEdit[]): void {
    const directory = this.directory(parentOf(path));
    applyEdits(directory.entries, edits);
    this.changes.push({ directory, edits });
  }

  private directory(path: string): SimDirectory {
    const node = this.find(path);
    if (node instanceof SimDirectory) return node;
    throw systemError('ENOENT', path);
  }

  private find(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.root;
    for (const name of path.split('/')) {
      if (name === '') continue;
      node = node instanceof SimDirectory ? node.entries.get(name) : undefined;
    }
    return node;
  }
}

function applyEdits(names: Map<string, SimNode>, edits: readonly NameEdit[]): void {
  for (const { name, node } of edits) {
    if (node) names.set(name, node);
    else names.delete(name);
  }
}

function copyDurable(from: SimDirectory, to: SimDirectory, random: Random): void {
  for (const [name, node] of from.durable) {
    let copy: SimNode;
    if (node instanceof SimContent) copy = new SimContent(node.afterPowerLoss(random));
    else {
      copy = new SimDirectory();
      copyDurable(node, copy, random);
    }
    to.entries.set(name, copy);
    to.durable.set(name, copy);
  }
}

function* files(directory: SimDirectory): Generator<SimContent> {
  for (const node of directory.entries.values()) {
    if (node instanceof SimContent) yield node;
    else yield* files(node);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
