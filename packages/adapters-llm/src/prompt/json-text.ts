/** JSON inside of texts, its numbers as they were written. */
import { type JsonObject, type JsonValue, parseJson, printJson } from '@aos/air';

/** Whether a value is an object; objects of exact JSON have no prototype. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}

/** The JSON of an object on one line; undefined for any other text. */
export function objectText(text: string): string | undefined {
  const json = parseJson(text);
  return json.ok && isObject(json.value) ? printJson(json.value) : undefined;
}

/** The fields of an object, each as JSON; undefined for any other text. */
export function fieldTexts(text: string): ReadonlyMap<string, string> | undefined {
  const json = parseJson(text);
  if (!json.ok || !isObject(json.value)) return undefined;
  return new Map(Object.entries(json.value).map(([name, value]) => [name, printJson(value)]));
}
