/**
 * Parts of an answer on their way into the world, for one call of an adapter.
 *
 * 1. One is handed in at a time: the world numbers them, and takes no number before the one below.
 * 2. What has not been handed in when the call ends is dropped; what has comes before the receipt.
 */
import { decodePlain } from '@aos/canon';
import type { OpenIntent } from '@aos/kernel';
import { type Adapter, AosFault } from '@aos/protocol';
import { signStreamFrameLater } from '../keys/signing.js';
import { retryDelayNs } from './effect-options.js';
import type { EffectWorld, RunnerSetup } from './runner-setup.js';

export class FrameChannel {
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(private readonly handIn: (payload: Uint8Array) => Promise<void>) {}

  /** Resolves when the frame is durable or dropped. */
  emit(payload: Uint8Array): Promise<void> {
    this.#last = this.#last.then(() => (this.#isClosed ? undefined : this.handIn(payload)));
    return this.#last;
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** A frame that no world could take is a defect of the adapter: `frame-invalid`. */
export function checkFrame(payload: Uint8Array, limitBytes: number): AosFault | undefined {
  const isSmall = payload.length <= limitBytes;
  if (isSmall && decodePlain(payload).ok) return undefined;
  const expected = isSmall ? 'CBOR' : `at most ${limitBytes} bytes`;
  const message = `expected a frame of ${expected}, found ${payload.length} bytes; encode it anew`;
  return new AosFault('frame-invalid', message, { retry: 'never' });
}

/** Whose answer a frame is a part of. */
export interface FrameOrigin {
  readonly intent: OpenIntent;
  readonly adapter: Pick<Adapter, 'id'>;
}

/** What handing in needs of the runner of effects. */
export interface FramePorts {
  readonly setup: RunnerSetup;
  readonly host: EffectWorld;
}

/** Numbers a frame, signs it and hands it in, again while too much else is waiting. */
export async function handInFrame(
  { setup, host }: FramePorts,
  { intent, adapter }: FrameOrigin,
  payload: Uint8Array,
): Promise<void> {
  const { signer, clock, retry, random } = setup;
  const { hash: intentHash, epoch, attempt } = intent;
  while (host.isTaking) {
    const { worldId, intents } = host.world;
    const index = intents.get(intentHash)?.frames;
    if (index === undefined) return;
    const unsigned = { worldId, epoch, intentHash, attempt, adapterId: adapter.id, index };
    const frame = await signStreamFrameLater(signer, unsigned, payload).catch((cause) => {
      host.failed(cause);
    });
    if (frame === undefined) return;
    // a world that stops is no matter of the adapter: it is told when its call is called off
    const result = await host.submit(frame).catch(() => undefined);
    if (result === undefined || result.ok || result.refusal.code !== 'inbox-full') return;
    const againNs = clock.logicalNowNs() + retryDelayNs(retry, 1, random);
    await new Promise<void>((resolve) => clock.at(againNs, resolve));
  }
}
