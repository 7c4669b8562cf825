/** Grants generated from use: of each capability just what the steps of one plan ask for. */
import { AuthorError } from '../author-error.js';
import { type AnyEffect, type Grant, grant } from '../authority.js';
import { narrowing } from './narrowing.js';

interface Collected {
  readonly effect: AnyEffect;
  readonly params: unknown[];
  readonly at: string;
}

export class GrantMaker {
  private readonly collected = new Map<string, Collected>();
  private readonly prefix: string;

  constructor(plan: string) {
    this.prefix = plan.slice(plan.indexOf('/') + 1, plan.lastIndexOf('@'));
  }

  /** Notes one more use; answers with the name of the grant that will allow it. */
  add(effect: AnyEffect, params: unknown, at: string): string {
    if (!narrowing.has(effect.capType)) {
      const message = `no grant for ${effect.capType} can be generated; pass one as 'grant'`;
      throw new AuthorError('author-grant-open', at, message);
    }
    const name = `${this.prefix}_${effect.capType.replaceAll('.', '_')}`;
    const known = this.collected.get(name);
    if (known === undefined) this.collected.set(name, { effect, params: [params], at });
    else known.params.push(params);
    return name;
  }

  get(name: string): Grant {
    const { effect, params, at } = this.collected.get(name) as Collected;
    const rule = narrowing.get(effect.capType);
    if (rule === undefined) throw new AuthorError('author-grant-open', at, 'no rule');
    return grant(name, rule.cap, rule.narrow(params, at));
  }
}
