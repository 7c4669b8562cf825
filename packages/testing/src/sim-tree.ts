/**
 * The names of a simulated disk. Making a file or a directory and renaming show at once; they are
 * on the disk only after a flush of the directory that holds the name. In a power loss each change
 * that no flush covered survives or is lost alone, a rename as a whole, also from one directory to
 * another: it is on the disk with a flush of either.
 */
import type { Random } from './random.js';
import { SimContent, type TellLoss } from './sim-content.js';

type SimNode = SimContent | SimDirectory;

class SimDirectory {
  readonly entries = new Map<string, SimNode>();
  readonly durable = new Map<string, SimNode>();
}

interface NameEdit {
  readonly directory: SimDirectory;
  readonly name: string;
  readonly node: SimNode | undefined;
}

interface NameChange {
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
    this.change([this.edit(path, file)]);
    return file;
  }

  makeDirectory(path: string): void {
    if (this.find(path)) throw systemError('EEXIST', path);
    this.change([this.edit(path, new SimDirectory())]);
  }

  has(path: string): boolean {
    return this.find(path) !== undefined;
  }

  /** Whoever has the file open goes on with it. */
  remove(path: string): void {
    this.file(path);
    this.change([this.edit(path, undefined)]);
  }

  /** A second name for a file. */
  link(from: string, to: string): void {
    const file = this.file(from);
    if (this.find(to)) throw systemError('EEXIST', to);
    this.change([this.edit(to, file)]);
  }

  /** Onto nothing, a file by a file, an empty directory by a directory. */
  rename(from: string, to: string): void {
    const node = this.find(from);
    if (!node) throw systemError('ENOENT', from);
    const target = this.find(to);
    if (target && !mayReplace(node, target)) throw systemError('ENOTEMPTY', to);
    this.change([this.edit(from, undefined), this.edit(to, node)]);
  }

  /** What a flush of this directory that starts now will cover. */
  covered(path: string): readonly NameChange[] {
    const directory = this.directory(path);
    return this.changes.filter(({ edits }) => edits.some((edit) => edit.directory === directory));
  }

  flushed(covered: readonly NameChange[]): void {
    for (const { edits } of covered) applyEdits(edits, 'durable');
    this.changes = this.changes.filter((change) => !covered.includes(change));
  }

  loseProcess(random: Random): void {
    for (const [, file] of pathsOf(this.root, '')) file.loseProcess(random);
  }

  /** The names and contents that are left on the disk. */
  afterPowerLoss(random: Random, told?: TellLoss): SimTree {
    const mode = random.below(3);
    for (const { edits } of this.changes) {
      if (mode === 1 || (mode === 2 && random.chance(0.5))) applyEdits(edits, 'durable');
    }
    const tree = new SimTree();
    const left = (file: SimContent) => new SimContent(file.afterPowerLoss(random, told));
    copyTree(this.root, tree.root, { what: 'durable', copyFile: once(left) });
    return tree;
  }

  /** The same names and contents, all of it durable. */
  copy(): SimTree {
    const tree = new SimTree();
    copyTree(this.root, tree.root, { what: 'entries', copyFile: once((file) => file.copy()) });
    return tree;
  }

  /** Turns one bit, each of all that there are as likely. */
  flipBit(random: Random): { readonly path: string; readonly at: number } | undefined {
    const all = [...pathsOf(this.root, '')].filter(([, file]) => file.sizeBytes > 0);
    let at = random.below(all.reduce((sum, [, { sizeBytes }]) => sum + sizeBytes, 0));
    for (const [path, file] of all) {
      if (at < file.sizeBytes) {
        file.flip(at, random.below(8));
        return { path, at };
      }
      at -= file.sizeBytes;
    }
    return undefined;
  }

  private edit(path: string, node: SimNode | undefined): NameEdit {
    return { directory: this.directory(parentOf(path)), name: nameOf(path), node };
  }

  private change(edits: readonly NameEdit[]): void {
    applyEdits(edits, 'entries');
    this.changes.push({ edits });
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

function applyEdits(edits: readonly NameEdit[], where: 'durable' | 'entries'): void {
  for (const { directory, name, node } of edits) {
    if (node) directory[where].set(name, node);
    else directory[where].delete(name);
  }
}

function mayReplace(node: SimNode, target: SimNode): boolean {
  if (node instanceof SimContent) return target instanceof SimContent;
  return target instanceof SimDirectory && target.entries.size === 0;
}

type CopyFile = (file: SimContent) => SimContent;

interface Copying {
  readonly what: 'durable' | 'entries';
  readonly copyFile: CopyFile;
}

function copyTree(from: SimDirectory, to: SimDirectory, copying: Copying): void {
  for (const [name, node] of from[copying.what]) {
    let copy: SimNode;
    if (node instanceof SimContent) copy = copying.copyFile(node);
    else {
      copy = new SimDirectory();
      copyTree(node, copy, copying);
    }
    to.entries.set(name, copy);
    to.durable.set(name, copy);
  }
}

/** A file of two names stays one. */
function once(copyFile: CopyFile): CopyFile {
  const files = new Map<SimContent, SimContent>();
  return (file) => {
    const copy = files.get(file) ?? copyFile(file);
    files.set(file, copy);
    return copy;
  };
}

function* pathsOf(directory: SimDirectory, at: string): Generator<readonly [string, SimContent]> {
  for (const [name, node] of directory.entries) {
    const path = `${at}/${name}`;
    if (node instanceof SimContent) yield [path, node];
    else yield* pathsOf(node, path);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
