/** What comes to admission, and what admission lets through to a step. */
import type { JsonValue } from '@aos/air';
import type { Hash, Refusal } from '@aos/canon';
import type {
  ContinueInput,
  ControlInput,
  GovernanceInput,
  KeyringInput,
  ReceiptBody,
  StreamFrame,
  TickInput,
} from '@aos/protocol';
import type { Need } from '../trie/objects-needed.js';

/** A value as CBOR of any well-formed kind, or as authoring JSON. */
export type RawValue =
  | { readonly cbor: Uint8Array; readonly json?: undefined }
  | { readonly json: JsonValue; readonly cbor?: undefined };

/** An event as it arrives. */
export type RawEvent = RawValue & {
  readonly kind?: 'event';
  readonly schema: string;
  /**
   * The cell that is meant: CBOR or JSON of the key, or correlation bytes where no route has one.
   */
  readonly key?: Uint8Array | { readonly json: JsonValue };
  /** Name of the inbox it comes through. */
  readonly source?: string;
  /** Of events with one id only the first is taken in, at most 256 bytes of UTF-8. */
  readonly dedup?: string;
};

/** A receipt whose signature the host has verified. */
export interface RawReceipt {
  readonly kind: 'receipt';
  readonly receipt: ReceiptBody;
  readonly payload: Uint8Array;
  readonly keyId: Hash;
  readonly sig: Uint8Array;
}

/** A stream frame whose signature the host has verified. */
export interface RawStreamFrame {
  readonly kind: 'stream-frame';
  readonly frame: StreamFrame;
  readonly payload: Uint8Array;
  readonly keyId: Hash;
  readonly sig: Uint8Array;
}

/** A verb whose signature the host has verified, over this world and its present epoch. */
export type RawVerb = ControlInput | KeyringInput | GovernanceInput;

export type RawInput = RawEvent | RawReceipt | RawStreamFrame | RawVerb | TickInput | ContinueInput;

/** An admitted event: canonical bytes of its schema, ready for a step. */
export interface AdmittedEvent {
  readonly kind: 'event';
  readonly schema: string;
  readonly value: Uint8Array;
  readonly key?: Uint8Array;
  readonly source?: string;
  readonly dedup?: string;
}

export type AdmittedInput =
  | AdmittedEvent
  | RawReceipt
  | RawStreamFrame
  | RawVerb
  | TickInput
  | ContinueInput;

export type Admission =
  | { readonly kind: 'admitted'; readonly input: AdmittedInput }
  /** Answered with a code, and never a record. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The event is in already, as record `seq`: its acknowledgement answers this one as well. */
  | { readonly kind: 'duplicate'; readonly seq: number }
  /** Objects that must be in memory first. */
  | Need;

export function admitted(input: AdmittedInput): Admission {
  return { kind: 'admitted', input };
}

export function refused(code: string, at: string, detail: string): Admission {
  return { kind: 'refused', refusal: { code, at, detail } };
}
