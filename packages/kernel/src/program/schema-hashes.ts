/** The hashes of the types of a definition's schemas, each made when it is first asked for. */
import type { WorldDefinition } from '@aos/air';
import type { Hash } from '@aos/canon';
import { TypeHasher } from './type-hash.js';

export class SchemaHashes {
  readonly #hasher = new TypeHasher();

  constructor(private readonly definition: Pick<WorldDefinition, 'schemas'>) {}

  /** Of what the schema accepts; undefined when the definition does not have it. */
  get(schema: string): Hash | undefined {
    const found = this.definition.schemas.get(schema);
    return found && this.#hasher.hashOf(found.type);
  }
}
