/** Stores a text as a blob, then reads it back by its hash: what returns is the echo. */
import { decodeText, defineReducer, encodeText, typestate } from '@aos/reducer-sdk/script';
import { type BlobEchoState, blobRead, blobWrite, declared } from './air.js';

const initial = (): BlobEchoState => ({
  pc: { $tag: 'Idle' },
  blob: null,
  echo: null,
  error: null,
});

const failed = (state: BlobEchoState, error: string | null): BlobEchoState => ({
  ...state,
  pc: { $tag: 'Failed' },
  error,
});

const slot = 'blobs';

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ pc }: BlobEchoState) => pc.$tag,
    on: {
      Idle: {
        Start(state, { namespace, text }, { emit }) {
          emit(blobWrite, { namespace, bytes: encodeText(text) }, { slot });
          return { ...state, pc: { $tag: 'Writing' } };
        },
      },
      Writing: {
        Written(state, { requested, receipt, error }, { emit }) {
          if (receipt === null) return failed(state, error);
          const { namespace } = requested;
          const { blob_ref, size } = receipt;
          emit(blobRead, { namespace, blob_ref, from: 0n, size }, { slot });
          return { ...state, pc: { $tag: 'Reading' }, blob: blob_ref };
        },
      },
      Reading: {
        Read(state, { receipt, error }) {
          if (receipt === null) return failed(state, error);
          return { ...state, pc: { $tag: 'Done' }, echo: decodeText(receipt.bytes) };
        },
      },
    },
  }),
);
