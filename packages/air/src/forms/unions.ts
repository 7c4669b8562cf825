/** Forms that are one of several: told apart by a word, by a field, or by being null. */
import { describeJson, isJsonObject, newJsonObject, pointer } from '../json/value.js';
import { type Fields, type Form, type FormValue, fail } from './form.js';
import { hintFor } from './near-miss.js';

/** Null, or what the form reads. */
export function nullable<T>(form: Form<T>): Form<T | null> {
  return {
    read: (json, at, problems) => (json === null ? null : form.read(json, at, problems)),
    schema: (defs) => ({ anyOf: [form.schema(defs), { type: 'null' }] }),
  };
}

type UnionValue<C extends Fields> = { [K in keyof C]: FormValue<C[K]> }[keyof C];

/** Objects told apart by the word in one field; each case reads that field itself. */
export function taggedBy<C extends Fields>(field: string, cases: C): Form<UnionValue<C>> {
  const words = Object.keys(cases);
  return {
    read(json, at, problems) {
      if (!isJsonObject(json)) return fail(problems, at, 'an object', json);
      const word = json[field];
      const found =
        typeof word === 'string' && Object.hasOwn(cases, word) ? cases[word] : undefined;
      if (found !== undefined) return found.read(json, at, problems) as UnionValue<C> | undefined;
      const isMissing = !(field in json);
      problems.push({
        code: isMissing ? 'field-missing' : 'field-type',
        at: isMissing ? at : pointer(at, field),
        message: `expected the field ${field} to name what this is, found ${describeJson(word)}`,
        hint: hintFor(typeof word === 'string' ? word : '', words, `values of ${field}`),
      });
      return undefined;
    },
    schema: (defs) => ({ oneOf: words.map((word) => cases[word]?.schema(defs)) }),
  };
}

/** Objects told apart by which one of these fields they have; each case is a whole object. */
export function byPresence<C extends Fields>(cases: C): Form<UnionValue<C>> {
  const words = Object.keys(cases);
  return {
    read(json, at, problems) {
      if (!isJsonObject(json)) return fail(problems, at, 'an object', json);
      const [word, ...more] = words.filter((each) => each in json);
      const form = word === undefined || more.length > 0 ? undefined : cases[word];
      if (form !== undefined) return form.read(json, at, problems) as UnionValue<C> | undefined;
      const message = `expected exactly one of the fields ${words.join(', ')}`;
      problems.push({ code: word === undefined ? 'field-missing' : 'field-unknown', at, message });
      return undefined;
    },
    schema: (defs) => ({ oneOf: words.map((word) => cases[word]?.schema(defs)) }),
  };
}

type WrappedValue<C extends Fields> = {
  [K in keyof C]: { readonly [P in K]: FormValue<C[K]> };
}[keyof C];

/** An object with exactly one field, whose name says what stands under it. */
export function wrapped<C extends Fields>(cases: C): Form<WrappedValue<C>> {
  const words = Object.keys(cases);
  return {
    read(json, at, problems) {
      if (!isJsonObject(json)) return fail(problems, at, 'an object', json);
      const [word, ...more] = Object.keys(json);
      const form = word !== undefined && Object.hasOwn(cases, word) ? cases[word] : undefined;
      if (word === undefined || form === undefined || more.length > 0) {
        const message = `expected exactly one field, one of ${words.join(', ')}`;
        const hint = hintFor(word ?? '', words, 'fields here');
        problems.push({ code: 'field-unknown', at, message, hint });
        return undefined;
      }
      const body = form.read(json[word], pointer(at, word), problems);
      if (body === undefined) return undefined;
      return Object.assign(newJsonObject(), { [word]: body }) as WrappedValue<C>;
    },
    schema: (defs) => ({
      oneOf: words.map((word) => ({
        type: 'object',
        properties: { [word]: cases[word]?.schema(defs) },
        required: [word],
        additionalProperties: false,
      })),
    }),
  };
}
