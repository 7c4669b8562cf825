/** Calls on what is open. */
import { utf8 } from '@aos/canon';
import { DESCRIPTOR_FLAGS, type Descriptor, type OpenFile, RIGHTS } from './descriptors.js';
import { fail } from './errno.js';
import { toOffset } from './guest-memory.js';
import { directoryListing, FILE_TYPE, writeEntry, writeStat } from './stat-layout.js';
import type { Calls, WasiSystem } from './wasi-system.js';

const FDSTAT_BYTES = 24;
const PRESTAT_BYTES = 8;
/** Places are counted from the start, from here, or from the end. */
const FROM_HERE = 1;
const MTIM = 1 << 2;
const MTIM_NOW = 1 << 3;

/** Where in a file or listing, and where the answer goes. */
type Positioned = [fd: number, pointer: number, length: number, at: bigint, done: number];

export function fileCalls(system: WasiSystem): Calls {
  return { ...readingCalls(system), ...writingCalls(system), ...descriptorCalls(system) };
}

function readingCalls({ memory, descriptors, tree }: WasiSystem): Calls {
  /** Fills buffers in turn until one is not filled. */
  const fill = (vector: number, count: number, read: (buffer: Uint8Array) => number) => {
    let total = 0;
    for (const buffer of memory.buffers(vector, count)) {
      const filled = read(buffer);
      total += filled;
      if (filled < buffer.length) break;
    }
    return total;
  };
  return {
    fd_read(fd: number, vector: number, count: number, done: number) {
      const open = descriptors.get(fd);
      if (open.kind === 'output') throw fail('badDescriptor');
      const file = open.kind === 'input' ? open : descriptors.file(fd, RIGHTS.read);
      const total = fill(vector, count, (buffer) => {
        const filled = file.kind === 'file' ? tree.read(file.node, file.at, buffer) : 0;
        if (file.kind === 'file') {
          file.at += filled;
          return filled;
        }
        const chunk = file.bytes.subarray(file.at, file.at + buffer.length);
        buffer.set(chunk);
        file.at += chunk.length;
        return chunk.length;
      });
      memory.writeU32(done, total);
    },
    fd_pread(...[fd, vector, count, offset, done]: Positioned) {
      const { node } = descriptors.file(fd, RIGHTS.read);
      let at = toOffset(offset);
      const total = fill(vector, count, (buffer) => {
        const filled = tree.read(node, at, buffer);
        at += filled;
        return filled;
      });
      memory.writeU32(done, total);
    },
    fd_readdir(...[fd, pointer, length, cookie, used]: Positioned) {
      const open = descriptors.directory(fd);
      if (cookie === 0n || open.listing === undefined) open.listing = directoryListing(open.node);
      const buffer = memory.bytes(pointer, length);
      let at = 0;
      for (let i = toOffset(cookie); i < open.listing.length && at < buffer.length; i++) {
        at += writeEntry(buffer.subarray(at), open.node, open.listing[i] as string, i + 1);
      }
      memory.writeU32(used, at);
    },
  };
}

function writingCalls({ memory, descriptors, tree }: WasiSystem): Calls {
  const writeAt = (file: OpenFile, from: number, vector: number, count: number) => {
    let at = from;
    for (const buffer of memory.buffers(vector, count)) {
      tree.write(file.node, at, buffer);
      at += buffer.length;
    }
    return at;
  };
  return {
    fd_write(fd: number, vector: number, count: number, done: number) {
      const open = descriptors.get(fd);
      let total = 0;
      if (open.kind === 'output') {
        for (const buffer of memory.buffers(vector, count)) {
          open.write(buffer);
          total += buffer.length;
        }
      } else {
        if (open.kind === 'input') throw fail('badDescriptor');
        const file = descriptors.file(fd, RIGHTS.write);
        const isAppending = (file.flags & DESCRIPTOR_FLAGS.append) !== 0;
        const from = isAppending ? file.node.size : file.at;
        file.at = writeAt(file, from, vector, count);
        total = file.at - from;
      }
      memory.writeU32(done, total);
    },
    fd_pwrite(...[fd, vector, count, offset, done]: Positioned) {
      const file = descriptors.file(fd, RIGHTS.write);
      const from = toOffset(offset);
      memory.writeU32(done, writeAt(file, from, vector, count) - from);
    },
    fd_allocate(fd: number, offset: bigint, length: bigint) {
      const { node } = descriptors.file(fd, RIGHTS.write);
      const size = toOffset(offset + length);
      if (size > node.size) tree.resize(node, size);
    },
    fd_filestat_set_size(fd: number, size: bigint) {
      tree.resize(descriptors.file(fd, RIGHTS.write).node, toOffset(size));
    },
  };
}

function descriptorCalls(system: WasiSystem): Calls {
  const { memory, descriptors } = system;
  const nothing = (fd: number) => void descriptors.get(fd);
  const seek = (fd: number, by: bigint, whence: number) => {
    const file = descriptors.file(fd);
    const base = [0, file.at, file.node.size][whence];
    if (base === undefined) throw fail('invalid');
    const at = BigInt(base) + by;
    if (at < 0n) throw fail('invalid');
    file.at = toOffset(at);
    return at;
  };
  return {
    fd_advise: nothing,
    fd_datasync: nothing,
    fd_sync: nothing,
    fd_fdstat_set_rights: nothing,
    fd_close: (fd: number) => descriptors.close(fd),
    fd_renumber: (from: number, to: number) => descriptors.renumber(from, to),
    fd_seek(fd: number, by: bigint, whence: number, at: number) {
      memory.writeU64(at, seek(fd, by, whence));
    },
    fd_tell: (fd: number, at: number) => memory.writeU64(at, seek(fd, 0n, FROM_HERE)),
    fd_fdstat_get(fd: number, pointer: number) {
      const open = descriptors.get(fd);
      const stat = memory.view(pointer, FDSTAT_BYTES);
      const isStream = open.kind === 'input' || open.kind === 'output';
      stat.setUint8(0, isStream ? FILE_TYPE.unknown : FILE_TYPE[open.kind]);
      stat.setUint16(2, open.kind === 'file' ? open.flags : 0, true);
      stat.setBigUint64(8, rightsOf(open), true);
      stat.setBigUint64(16, open.kind === 'directory' ? RIGHTS.all : 0n, true);
    },
    fd_fdstat_set_flags(fd: number, flags: number) {
      const open = descriptors.get(fd);
      if (open.kind === 'file') open.flags = flags;
    },
    fd_filestat_get(fd: number, pointer: number) {
      const open = descriptors.get(fd);
      writeStat(memory, pointer, 'node' in open ? open.node : undefined);
    },
    fd_filestat_set_times(fd: number, _atim: bigint, mtim: bigint, flags: number) {
      const open = descriptors.get(fd);
      if ('node' in open) open.node.mtimeNs = changedTime(system, open.node.mtimeNs, mtim, flags);
    },
    fd_prestat_get(fd: number, pointer: number) {
      const stat = memory.view(pointer, PRESTAT_BYTES);
      const name = utf8(preopenOf(descriptors.get(fd)));
      stat.setUint32(0, 0, true);
      stat.setUint32(4, name.length, true);
    },
    fd_prestat_dir_name(fd: number, pointer: number, length: number) {
      const name = utf8(preopenOf(descriptors.get(fd)));
      if (name.length > length >>> 0) throw fail('nameTooLong');
      memory.write(pointer, name);
    },
  };
}

/** The time of a node after a call that sets it. */
export function changedTime(
  system: WasiSystem,
  before: bigint,
  mtim: bigint,
  flags: number,
): bigint {
  if ((flags & MTIM_NOW) !== 0) return system.readClock();
  return (flags & MTIM) === 0 ? before : BigInt.asUintN(64, mtim);
}

function rightsOf(open: Descriptor): bigint {
  if (open.kind === 'directory') return RIGHTS.all;
  if (open.kind === 'file') return open.rights;
  return open.kind === 'input' ? RIGHTS.read : RIGHTS.write;
}

function preopenOf(open: Descriptor): string {
  if (open.kind !== 'directory' || open.preopen === undefined) throw fail('badDescriptor');
  return open.preopen;
}
