import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFrame, type FrameContent, type FrameKind, frameSeed, spanOf } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { Window } from './window.js';

interface Written {
  readonly content: FrameContent;
  readonly offset: number;
  readonly end: number;
}

const kinds = fc.constantFrom<FrameKind>('genesis', 'object', 'record', 'marker');
const contents = fc.array(fc.record({ kind: kinds, payload: fc.uint8Array({ maxLength: 300 }) }), {
  minLength: 1,
  maxLength: 12,
});
const seeds = fc.nat(0xffffffff);
const STAMP = { epoch: 1, durable: 0, flushed: 0 };
/** Small, so that frames lie across the borders of what is fetched. */
const CHUNK_BYTES = 64;

function writeAll(all: readonly FrameContent[], seed: number): { log: Buffer; frames: Written[] } {
  const log = Buffer.alloc(all.reduce((sum, content) => sum + spanOf(content), 0));
  let end = 0;
  const frames = all.map((content) => {
    const offset = end;
    encodeFrame(log.subarray(offset), frameSeed(seed, offset), STAMP, content);
    end += spanOf(content);
    return { content, offset, end };
  });
  return { log, frames };
}

function readerOf(log: Buffer, seed: number): FrameReader {
  const source = {
    readSync: (target: Uint8Array, at: number) => (at < log.length ? log.copy(target, 0, at) : 0),
  };
  return new FrameReader(new Window(source, CHUNK_BYTES), seed);
}

it('frames written one behind the other are read back the same', () => {
  fc.assert(
    fc.property(contents, seeds, (all, seed) => {
      const { log, frames } = writeAll(all, seed);
      const reader = readerOf(log, seed);
      for (const { content, offset } of frames) {
        const header = reader.frameAt(offset);
        expect(header?.kind).toBe(content.kind);
        expect(header && reader.payloadAt(offset, header)).toEqual(content.payload);
      }
    }),
  );
});

it('of a log cut anywhere exactly the whole frames verify', () => {
  fc.assert(
    fc.property(contents, seeds, fc.nat(), (all, seed, cut) => {
      const { log, frames } = writeAll(all, seed);
      const size = cut % (log.length + 1);
      const reader = readerOf(log.subarray(0, size), seed);
      for (const { offset, end } of frames) {
        expect(reader.frameAt(offset) !== undefined).toBe(end <= size);
      }
    }),
  );
});

it('no frame verifies at a place that is not its own', () => {
  fc.assert(
    fc.property(contents, seeds, fc.integer({ min: 1, max: 50 }), (all, seed, shift) => {
      const { log, frames } = writeAll(all, seed);
      const moved = Buffer.concat([Buffer.alloc(shift * 8), log]);
      const reader = readerOf(moved, seed);
      for (const { offset } of frames) expect(reader.frameAt(offset + shift * 8)).toBeUndefined();
    }),
  );
});
