/** Checks of effects: that what they name is there and fits. */
import { WASI_PARAMS, WASI_RECEIPT } from '../builtins/wasi-schemas.js';
import type { DefEffect } from '../forms/effect.js';
import { error, type Finding, pathOf } from '../world/finding.js';
import type { DefinitionIndex, Placed } from './definition-index.js';

/** An effect kind has one definition, whose schemas are there. */
export function checkEffects(index: DefinitionIndex): readonly Finding[] {
  return [...index.effects.values()].flatMap((effect) => {
    if (!index.isListed(effect.value)) return [];
    const { kind, name } = effect.value;
    const first = index.effectsByKind.get(kind);
    const message = `expected one effect of the kind ${kind}, found ${name}`;
    return [
      ...(first === effect
        ? []
        : [error('effect-kind-duplicate', pathOf(effect, '/kind'), message)]),
      ...(['params_schema', 'receipt_schema'] as const).flatMap((field) => {
        const schema = effect.value[field];
        if (index.schemas.has(schema)) return [];
        return [index.missing('schema-not-found', pathOf(effect, `/${field}`), schema)];
      }),
      ...(effect.value.implementation === undefined ? [] : checkProgram(effect, index)),
    ];
  });
}

/** A WASI program has no types of its own: what goes in and comes out has one form. */
function checkProgram(effect: Placed<DefEffect>, index: DefinitionIndex): readonly Finding[] {
  const expected = { params_schema: WASI_PARAMS, receipt_schema: WASI_RECEIPT } as const;
  return (['params_schema', 'receipt_schema'] as const).flatMap((field) => {
    const found = effect.value[field];
    if (!index.schemas.has(found) || !index.types.isOther(found, expected[field])) return [];
    const message = `expected ${expected[field]} or its type for a WASI program, found ${found}`;
    return [error('effect-program-schema', pathOf(effect, `/${field}`), message)];
  });
}
