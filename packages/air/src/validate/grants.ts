/** Checks capabilities and the grants of them. */

import { BUDGET_DIMENSIONS } from '../forms/grant.js';
import type { CapGrant } from '../forms/manifest.js';
import { nameSome } from '../values/node.js';
import { error, type Finding, pathOf } from '../world/finding.js';
import type { DefinitionIndex, IndexedGrant } from './definition-index.js';

const ENFORCER_INPUT = 'sys/CapCheckInput@1';
const ENFORCER_OUTPUT = 'sys/CapCheckOutput@1';

/** An enforcer is a pure module that answers the check of one effect. */
export function checkEnforcers(index: DefinitionIndex): readonly Finding[] {
  return [...index.caps.values()].flatMap((cap) => {
    const path = pathOf(cap, '/enforcer/module');
    const name = cap.value.enforcer.module;
    const module = index.modules.get(name)?.value;
    if (module === undefined) {
      return [index.missing('module-not-found', path, name)];
    }
    const pure = module.module_kind === 'pure' ? module.abi.pure : undefined;
    if (pure?.input === ENFORCER_INPUT && pure.output === ENFORCER_OUTPUT) return [];
    const message = `expected a pure module from ${ENFORCER_INPUT} to ${ENFORCER_OUTPUT}`;
    return [error('enforcer-abi', path, `${message}, found ${name}`)];
  });
}

export function checkGrants(index: DefinitionIndex): readonly Finding[] {
  const { manifest } = index;
  const grants = manifest.value.defaults?.cap_grants ?? [];
  return [
    ...grants.flatMap((grant, i) => {
      const path = pathOf(manifest, `/defaults/cap_grants/${i}`);
      const first = index.grants.get(grant.name);
      const isFirst = first?.grant === grant;
      const message = `expected one grant named ${grant.name}, found another`;
      return [
        ...(isFirst ? [] : [error('grant-duplicate', `${path}/name`, message)]),
        ...checkCapability(grant, path, index),
        ...checkParent(grant, path, index),
      ];
    }),
    ...checkParentCycles(index),
  ];
}

function checkCapability(
  grant: CapGrant,
  path: string,
  index: DefinitionIndex,
): readonly Finding[] {
  const cap = index.caps.get(grant.cap);
  if (cap === undefined) {
    return [index.missing('cap-not-found', `${path}/cap`, grant.cap)];
  }
  const schema = index.paramsSchema(grant.cap);
  const read = schema && index.parseSlot(grant.params, schema);
  if (read === undefined) return [];
  const place = `${path}/params`;
  if (read.ok) {
    if (read.value.kind === 'value') return [];
    const message = `expected parameters of ${grant.cap}, found an expression`;
    return [error('grant-params-invalid', place, message)];
  }
  const { code, at, detail } = read.refusal;
  const message = `expected parameters of ${grant.cap}: ${detail}`;
  return [error('grant-params-invalid', `${place}${at}`, message, `the value has ${code}`)];
}

/** A grant made from another one may only narrow it. */
function checkParent(grant: CapGrant, path: string, index: DefinitionIndex): readonly Finding[] {
  if (grant.parent === undefined) return [];
  const parent = index.grants.get(grant.parent);
  if (parent === undefined) {
    return [index.missing('grant-not-found', `${path}/parent`, grant.parent)];
  }
  const capType = index.caps.get(grant.cap)?.value.cap_type;
  if (capType !== undefined && parent.capType !== undefined && capType !== parent.capType) {
    const message = `expected a capability of the type ${parent.capType}, found ${capType}`;
    return [error('grant-parent-type', `${path}/cap`, message, `so is that of ${grant.parent}`)];
  }
  const hint = `${grant.parent} allows no more`;
  return widenings(grant, parent).map(([field, most]) =>
    error('grant-parent-wider', `${path}${field}`, `expected at most ${most}, found more`, hint),
  );
}

/** Numbers in which a grant goes beyond its parent, with the most that the parent allows. */
function widenings(
  grant: CapGrant,
  { grant: parent }: IndexedGrant,
): readonly (readonly [string, number | bigint])[] {
  const wider: (readonly [string, number | bigint])[] = [];
  const compare = (
    field: string,
    own: number | bigint | undefined,
    most: number | bigint | undefined,
  ): void => {
    if (own !== undefined && most !== undefined && own > most) wider.push([field, most]);
  };
  compare('/expiry_ns', grant.expiry_ns, parent.expiry_ns);
  if (grant.budget?.period_ns !== parent.budget?.period_ns) return wider;
  for (const dimension of BUDGET_DIMENSIONS) {
    compare(`/budget/${dimension}`, grant.budget?.[dimension], parent.budget?.[dimension]);
  }
  return wider;
}

/** Reports each circle of parents once, at the first grant of it. */
function checkParentCycles(index: DefinitionIndex): readonly Finding[] {
  const done = new Set<string>();
  return [...index.grants.values()].flatMap(({ grant }) => {
    const path: string[] = [];
    const onPath = new Set<string>();
    let next: string | undefined = grant.name;
    while (next !== undefined && !done.has(next) && !onPath.has(next)) {
      path.push(next);
      onPath.add(next);
      next = index.grants.get(next)?.grant.parent;
    }
    for (const each of path) done.add(each);
    if (next === undefined || !onPath.has(next)) return [];
    const circle = path.slice(path.indexOf(next));
    const first = index.grants.get(next);
    const message = `expected grants that narrow others, found a circle of ${nameSome(circle)}`;
    return [error('grant-parent-cyclic', pathOf(index.manifest, `${first?.at}/parent`), message)];
  });
}
