/**
 * JSON Schema 2020-12 documents of forms.
 *
 * A form describes itself; those with a name become `$defs`, so that a rule that occurs in many
 * places, or inside itself, is written once per document.
 */
/** A schema node: the booleans, or an object of keywords. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** The `$defs` of one document, while it is being written. */
export class SchemaDefs {
  private readonly entries = new Map<string, JsonSchema>();

  /** A reference to a rule that is written on first use. */
  reference(name: string, write: (defs: SchemaDefs) => JsonSchema): JsonSchema {
    if (!this.entries.has(name)) {
      this.entries.set(name, true);
      this.entries.set(name, write(this));
    }
    return { $ref: `#/$defs/${name}` };
  }

  /** By name, so that a document does not depend on the order of use. */
  sorted(): { readonly [name: string]: JsonSchema } {
    const names = [...this.entries.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, this.entries.get(name) ?? true]));
  }
}

/** What can say which JSON it accepts. */
interface Described {
  schema(defs: SchemaDefs): JsonSchema;
}

/** One whole document: what a form accepts. */
export function schemaDocument(form: Described, heading: { id: string; title: string }) {
  const defs = new SchemaDefs();
  const root = form.schema(defs);
  const $defs = defs.sorted();
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: heading.id,
    title: heading.title,
    ...(root === true || root === false ? {} : root),
    ...(Object.keys($defs).length === 0 ? {} : { $defs }),
  };
}
