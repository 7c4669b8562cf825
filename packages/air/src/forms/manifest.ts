/** The manifest: which definitions make a world, and how they are wired. */
import { FEATURES } from './features.js';
import {
  type Form,
  type FormValue,
  list,
  named,
  object,
  oneOf,
  sortedSet,
  table,
  text,
} from './form.js';
import { type CapGrant, capGrant } from './grant.js';
import { anyText, blankableHash, hashText, kind, localName, name } from './names.js';

const authoredRef = named(
  'AuthoredRef',
  object({ required: { name }, optional: { hash: blankableHash } }),
);
const storedRef = named('NamedRef', object({ required: { name, hash: hashText } }));

export const eventRoute = object({
  required: { event: name, reducer: name },
  optional: { key_field: anyText },
});

export const inbox = object({ required: { source: anyText, reducer: name } });

const routing = object({
  required: {},
  optional: {
    events: list(eventRoute),
    inboxes: list(inbox),
  },
  omitEmpty: ['events', 'inboxes'],
});

export const trigger = object({
  required: { event: name, plan: name },
  optional: { correlate_by: anyText },
});

const slots = object({ required: { slots: table(localName, localName) } });

export const moduleBindings = table(name, slots);

export const features = sortedSet(oneOf(...FEATURES));

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
      module_bindings: moduleBindings,
      routing,
      triggers: list(trigger),
      features,
      migrations: refs,
    },
    omitEmpty: ['effects', 'secrets', 'module_bindings', 'triggers', 'features', 'migrations'],
    dropped: ['$comment'],
  });
}

/** The manifest as a person writes it. */
export const authoredManifest = manifestOf(authoredRef);

/** The manifest as it is hashed and stored: every reference carries its hash. */
export const storedManifest = manifestOf(storedRef);

export const namedRef = storedRef;

export type NamedRef = FormValue<typeof storedRef>;
export type AuthoredRef = FormValue<typeof authoredRef>;
export type AuthoredManifest = FormValue<typeof authoredManifest>;
export type Manifest = FormValue<typeof storedManifest>;
export type EventRoute = FormValue<typeof eventRoute>;
export type InboxRoute = FormValue<typeof inbox>;
export type Trigger = FormValue<typeof trigger>;
export type ModuleBindings = FormValue<typeof moduleBindings>;
export type { CapGrant };

/** The sections of a manifest that refer to definitions, with the kind each of them refers to. */
export const REFERENCE_SECTIONS = [
  ['schemas', 'defschema'],
  ['modules', 'defmodule'],
  ['plans', 'defplan'],
  ['caps', 'defcap'],
  ['policies', 'defpolicy'],
  ['effects', 'defeffect'],
  ['secrets', 'defsecret'],
  ['migrations', 'defmigration'],
] as const;

export type ReferenceSection = (typeof REFERENCE_SECTIONS)[number][0];
