/** Shorthand in which the built-in types are written. */
import type { KeyType, TypeExpr, TypeFields } from '../forms/type-expr.js';

export const bool: TypeExpr = { bool: {} };
export const int: TypeExpr = { int: {} };
export const nat: { readonly nat: Record<never, never> } = { nat: {} };
export const dec128: TypeExpr = { dec128: {} };
export const bytes: TypeExpr = { bytes: {} };
export const text: { readonly text: Record<never, never> } = { text: {} };
export const time: TypeExpr = { time: {} };
export const hash: TypeExpr = { hash: {} };
const unit: TypeExpr = { unit: {} };

export const record = (fields: TypeFields): TypeExpr => ({ record: fields });
export const variant = (arms: TypeFields): TypeExpr => ({ variant: arms });
export const list = (item: TypeExpr): TypeExpr => ({ list: item });
export const set = (item: TypeExpr): TypeExpr => ({ set: item });
export const option = (inner: TypeExpr): TypeExpr => ({ option: inner });
export const map = (key: KeyType, value: TypeExpr): TypeExpr => ({ map: { key, value } });
export const ref = (name: string): TypeExpr => ({ ref: name });

/** A variant whose arms carry nothing. */
export const words = (...tags: readonly string[]): TypeExpr =>
  variant(Object.fromEntries(tags.map((tag) => [tag, unit])));
