/** The manifest: which definitions make a world, and how they are wired. */
import { isJsonList, isJsonObject, JsonDecimal } from '../json/value.js';
import {
  type Form,
  type FormValue,
  fail,
  list,
  natural,
  object,
  type Problem,
  table,
  text,
} from './form.js';
import { anyText, hashText, kind, localName, name } from './names.js';

/** A reference as authored: the hash may be missing, empty or zero, and is then filled. */
const blankableHash: Form<string> = {
  read: (json, at, problems) => (json === '' ? '' : hashText.read(json, at, problems)),
};

const authoredRef = object({ required: { name }, optional: { hash: blankableHash } });
const storedRef = object({ required: { name, hash: hashText } });

/** JSON that has canonical bytes: without fractions and exponents. */
type ExactJson =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/** Values whose type is known only to another definition. */
const anyJson: Form<ExactJson> = {
  read(json, at, problems: Problem[]) {
    if (json === undefined || json instanceof JsonDecimal) {
      return fail(problems, at, 'JSON without fractions and exponents', json);
    }
    if (isJsonList(json)) return list(anyJson).read(json, at, problems);
    return isJsonObject(json) ? table(anyText, anyJson).read(json, at, problems) : json;
  },
};

const capGrant = object({
  required: { name: localName, cap: name, params: anyJson },
  optional: { expiry_ns: natural },
});

const eventRoute = object({
  required: { event: name, reducer: name },
  optional: { key_field: anyText },
});

const routing = object({
  required: {},
  optional: {
    events: list(eventRoute),
    inboxes: list(object({ required: { source: anyText, reducer: name } })),
  },
  omitEmpty: ['events', 'inboxes'],
});

const trigger = object({
  required: { event: name, plan: name },
  optional: { correlate_by: anyText },
});

function manifestOf<R>(ref: Form<R>) {
  const refs = list(ref);
  return object({
    required: {
      $kind: kind('manifest'),
      air_version: text(/^1$/, 'the AIR version "1"', 'air-version'),
      schemas: refs,
      modules: refs,
      plans: refs,
      caps: refs,
      policies: refs,
    },
    optional: {
      effects: refs,
      secrets: refs,
      defaults: object({
        required: {},
        optional: { policy: name, cap_grants: list(capGrant) },
      }),
      module_bindings: table(name, object({ required: { slots: table(localName, localName) } })),
      routing,
      triggers: list(trigger),
      features: list(anyText),
      migrations: list(anyJson),
    },
    omitEmpty: ['effects', 'secrets', 'module_bindings', 'triggers', 'features', 'migrations'],
    dropped: ['$comment'],
  });
}

/** The manifest as a person writes it. */
export const authoredManifest = manifestOf(authoredRef);

/** The manifest as it is hashed and stored: every reference carries its hash. */
export const storedManifest = manifestOf(storedRef);

export type NamedRef = FormValue<typeof storedRef>;
export type AuthoredRef = FormValue<typeof authoredRef>;
export type AuthoredManifest = FormValue<typeof authoredManifest>;
export type Manifest = FormValue<typeof storedManifest>;
export type EventRoute = FormValue<typeof eventRoute>;

/** The sections of a manifest that refer to definitions, with the kind each of them refers to. */
export const REFERENCE_SECTIONS = [
  ['schemas', 'defschema'],
  ['modules', 'defmodule'],
  ['plans', 'defplan'],
  ['caps', 'defcap'],
  ['policies', 'defpolicy'],
  ['effects', 'defeffect'],
  ['secrets', 'defsecret'],
] as const;

export type ReferenceSection = (typeof REFERENCE_SECTIONS)[number][0];
