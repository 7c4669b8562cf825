// The disk of a process that will be killed, as if the power went with it: what is written is held
// in memory until it is flushed, and a SIGKILL takes it along. Names and sizes of segments are not
// held back. The canary makes flushes of what is appended do nothing.
import { nodeFs } from '@aos/store';

/** What was written to a path and not flushed, and how long its file is with it. */
class HeldWrites {
  /** @type {{ bytes: Uint8Array, position: number }[]} */
  writes = [];

  /** @param {number} sizeBytes */
  sizeOver(sizeBytes) {
    return this.writes.reduce(
      (s, each) => Math.max(s, each.position + each.bytes.length),
      sizeBytes,
    );
  }

  /** @param {number} sizeBytes */
  cut(sizeBytes) {
    this.writes = this.writes.flatMap(({ bytes, position }) => {
      const left = bytes.subarray(0, Math.max(0, sizeBytes - position));
      return left.length > 0 ? [{ bytes: left, position }] : [];
    });
  }

  /**
   * @param {Uint8Array} target
   * @param {number} from
   */
  lay(target, from) {
    for (const { bytes, position } of this.writes) {
      const begin = Math.max(position, from);
      const end = Math.min(position + bytes.length, from + target.length);
      if (begin < end) target.set(bytes.subarray(begin - position, end - position), begin - from);
    }
  }
}

/**
 * @param {import('./seams.mjs').Seams} seams
 * @param {{ lieAboutFlush: boolean }} options
 * @returns {import('@aos/store').StoreFs}
 */
export function heldFs(seams, { lieAboutFlush }) {
  /** @type {Map<string, HeldWrites>} */
  const held = new Map();

  /** @param {string} path */
  const heldOf = (path) => {
    const known = held.get(path) ?? new HeldWrites();
    held.set(path, known);
    return known;
  };

  return {
    ...nodeFs,
    open(path, mode) {
      const file = nodeFs.open(path, mode);
      const own = heldOf(path);
      if (mode === 'create' || mode === 'exclusive') own.writes = [];
      const sync = async () => {
        const writes = [...own.writes];
        for (const { bytes, position } of writes) await writeAll(file, bytes, position);
        own.writes = own.writes.filter((each) => !writes.includes(each));
      };
      return {
        sizeBytes: () => own.sizeOver(file.sizeBytes()),
        readSync(target, position) {
          target.fill(0);
          const count = file.readSync(target, position);
          own.lay(target, position);
          const size = own.sizeOver(file.sizeBytes());
          return Math.max(count, Math.min(target.length, Math.max(0, size - position)));
        },
        async write(bytes, position) {
          // a copy, which `slice` of a Buffer is not
          own.writes.push({ bytes: new Uint8Array(bytes), position });
          seams.reachFor('write');
          return bytes.length;
        },
        async datasync() {
          seams.reachFor('flush');
          if (!lieAboutFlush) await sync();
          seams.reachFor('flushed');
        },
        sync,
        truncate(sizeBytes) {
          own.cut(sizeBytes);
          return file.truncate(sizeBytes);
        },
        close: () => file.close(),
      };
    },
    rename(from, to) {
      held.set(to, heldOf(from));
      held.delete(from);
      nodeFs.rename(from, to);
    },
  };
}

/**
 * @param {import('@aos/store').StoreFile} file
 * @param {Uint8Array} bytes
 * @param {number} position
 */
async function writeAll(file, bytes, position) {
  for (let at = 0; at < bytes.length; ) at += await file.write(bytes.subarray(at), position + at);
}
