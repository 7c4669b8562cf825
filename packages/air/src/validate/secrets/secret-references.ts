/** Finds references to secrets in values and expressions, in either lens. */
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  pointer,
} from '../../json/value.js';

export interface SecretReference {
  /** `alias@version`: what the secret is called. */
  readonly name: string;
  /** Pointer to the record of alias and version. */
  readonly at: string;
}

/** Where a record of alias and version means a secret. */
export type SecretPlaces = 'arms' | 'everywhere';

/** Keys under which the tag and the value of a variant stand. */
const VARIANTS = [
  ['tag', 'value'],
  ['$tag', '$value'],
] as const;

/**
 * References to secrets, in the order in which they are written: constant records of `alias` and
 * `version` in an arm called `secret`, or in any place at all. What is computed is not found.
 */
export function secretReferences(
  json: JsonValue,
  places: SecretPlaces,
): readonly SecretReference[] {
  const found: SecretReference[] = [];
  const walk = (value: JsonValue, at: string, place: SecretPlace): void => {
    if (isJsonList(value)) {
      value.forEach((item, i) => {
        walk(item, pointer(at, i), 'any');
      });
    }
    if (!isJsonObject(value)) return;
    const name = place === 'arm' || places === 'everywhere' ? nameIn(value) : undefined;
    if (name !== undefined) found.push({ name, at });
    for (const key of Object.keys(value)) {
      const isWrapped = place === 'arm' && key === 'record';
      const inner = isWrapped || isSecretArm(value, key) ? 'arm' : 'any';
      walk(value[key] as JsonValue, pointer(at, key), inner);
    }
  };
  walk(json, '', 'any');
  return found;
}

/** Whether a value stands in an arm called `secret`. */
type SecretPlace = 'arm' | 'any';

/** True when the value under the key is that of an arm called `secret`. */
function isSecretArm(value: JsonObject, key: string): boolean {
  if (key === 'secret') return Object.keys(value).length === 1;
  return VARIANTS.some(([tag, inner]) => key === inner && value[tag] === 'secret');
}

function nameIn(value: JsonObject): string | undefined {
  if (Object.keys(value).length !== 2) return undefined;
  const alias = constantIn(value.alias, 'text');
  const version = constantIn(value.version, 'nat');
  if (typeof alias !== 'string') return undefined;
  const isNumber = typeof version === 'number' || typeof version === 'bigint';
  return isNumber ? `${alias}@${version}` : undefined;
}

/** A constant in sugar or under its tag. */
function constantIn(json: JsonValue | undefined, tag: string): JsonValue | undefined {
  return isJsonObject(json) ? json[tag] : json;
}
