/**
 * A manifest while a patch works on it.
 *
 * T1 Operations apply in order; each is checked against the draft as those before left it.
 * T2 An operation brings or changes a definition that no other operation of the patch touches, so
 *    a patch has one meaning.
 * T3 What an operation means to change must be what it finds: hashes are compared first.
 * T4 The base is never changed; every finding names its operation by index.
 */
import { toHashText } from '@aos/canon';
import { builtinHash } from '../builtins/catalogue.js';
import { type Manifest, REFERENCE_SECTIONS, type ReferenceSection } from '../forms/manifest.js';
import type { DefinitionKind } from '../forms/names.js';
import type { PatchNode, PatchOp } from '../forms/patch.js';
import { error, type Finding } from '../world/finding.js';
import { SECTIONS, type SectionOp, sectionHash } from './section.js';

/** A reference of the draft; without a hash until the definition that comes with it is read. */
export interface DraftRef {
  readonly name: string;
  readonly hash?: string;
}

/** A definition that the patch brings. */
export interface GivenNode {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly node: PatchNode;
  /** Pointer to the node in the patch document. */
  readonly at: string;
}

type Body<N extends string> = PatchOp extends infer Op
  ? Op extends { readonly [K in N]: infer B }
    ? B
    : never
  : never;

const SECTION_OF: ReadonlyMap<string, ReferenceSection> = new Map(
  REFERENCE_SECTIONS.map(([section, kind]) => [kind, section]),
);

export class PatchDraft {
  readonly findings: Finding[] = [];
  readonly given: GivenNode[] = [];
  private readonly refs: Map<ReferenceSection, readonly DraftRef[]>;
  private readonly touched = new Set<string>();
  private fields: Manifest;

  constructor(
    base: Manifest,
    private readonly file: string,
  ) {
    this.fields = base;
    this.refs = new Map(REFERENCE_SECTIONS.map(([section]) => [section, base[section] ?? []]));
  }

  apply(op: PatchOp, index: number): void {
    const at = `/patches/${index}`;
    if ('add_def' in op) this.addDefinition(op.add_def, `${at}/add_def`);
    else if ('replace_def' in op) this.replaceDefinition(op.replace_def, `${at}/replace_def`);
    else if ('remove_def' in op) this.removeDefinition(op.remove_def, `${at}/remove_def`);
    else if ('set_manifest_refs' in op)
      this.setRefs(op.set_manifest_refs, `${at}/set_manifest_refs`);
    else if ('set_defaults' in op) this.setDefaults(op.set_defaults, `${at}/set_defaults`);
    else this.setSection(op, at);
  }

  /** The manifest as authored: definitions that the patch brings have no hash yet. */
  authored(): object {
    const sections: Record<string, readonly DraftRef[]> = {};
    for (const [section, refs] of this.refs) sections[section] = refs;
    return { ...this.fields, ...sections };
  }

  references(): readonly (readonly [DefinitionKind, DraftRef])[] {
    return REFERENCE_SECTIONS.flatMap(([section, kind]) =>
      (this.refs.get(section) ?? []).map((ref) => [kind, ref] as const),
    );
  }

  private addDefinition({ kind, node }: Body<'add_def'>, at: string): void {
    const name = this.nameOf(kind, node, at);
    if (name === undefined || !this.mayTouch(kind, name, at)) return;
    if (this.find(kind, name) !== undefined) {
      this.report('patch-defined', at, `${kind} ${name} is there already; use replace_def`);
      return;
    }
    this.given.push({ kind, name, node, at: `${at}/node` });
    this.change(kind, (refs) => [...refs, { name }]);
  }

  private replaceDefinition(body: Body<'replace_def'>, at: string): void {
    const { kind, name, new_node } = body;
    const found = this.nameOf(kind, new_node, at);
    if (found === undefined || !this.mayTouch(kind, name, at)) return;
    if (found !== name) {
      this.report('patch-name', `${at}/new_node/name`, `expected ${name}, found ${found}`);
      return;
    }
    if (!this.checkFound(body, at)) return;
    this.given.push({ kind, name, node: new_node, at: `${at}/new_node` });
    this.change(kind, (refs) => refs.map((ref) => (ref.name === name ? { name } : ref)));
  }

  private removeDefinition(body: Body<'remove_def'>, at: string): void {
    const { kind, name } = body;
    if (!this.mayTouch(kind, name, at) || !this.checkFound(body, at)) return;
    this.change(kind, (refs) => refs.filter((ref) => ref.name !== name));
  }

  /** Removals come first, so that one operation can also put references in another order. */
  private setRefs({ add = [], remove = [] }: Body<'set_manifest_refs'>, at: string): void {
    const own = this.ownReserved(remove);
    for (const [i, { kind, name }] of remove.entries()) {
      if (this.find(kind, name) === undefined) {
        this.report('patch-undefined', `${at}/remove/${i}`, `expected ${kind} ${name}, found none`);
      }
      const isLost = add.every((ref) => keyOf(ref) !== keyOf({ kind, name }));
      if (isLost && own.has(keyOf({ kind, name }))) {
        const message = `${name} is of this world alone: nothing could bring it back`;
        this.report('patch-reserved', `${at}/remove/${i}`, message);
      }
      this.change(kind, (refs) => refs.filter((ref) => ref.name !== name));
    }
    for (const [i, { kind, name, hash }] of add.entries()) {
      const builtin = builtinHash(kind, name);
      const known = builtin === undefined ? own.get(keyOf({ kind, name })) : toHashText(builtin);
      if (name.startsWith('sys/') && known !== hash) {
        this.report('patch-reserved', `${at}/add/${i}`, `${name} is not that of the catalogue`);
      }
      const ref = { name, hash };
      this.change(kind, (refs) =>
        refs.some((each) => each.name === name)
          ? refs.map((each) => (each.name === name ? ref : each))
          : [...refs, ref],
      );
    }
  }

  /** Hashes of `sys/` definitions among these that only the world has. */
  private ownReserved(refs: readonly Named[]): ReadonlyMap<string, string | undefined> {
    const own = refs.filter(
      ({ kind, name }) => name.startsWith('sys/') && builtinHash(kind, name) === undefined,
    );
    return new Map(own.map((ref) => [keyOf(ref), this.find(ref.kind, ref.name)?.hash]));
  }

  /** `null` clears the policy; a field that is left out stays as it is. */
  private setDefaults(body: Body<'set_defaults'>, at: string): void {
    if (body.pre_hash !== undefined && !this.checkSection('set_defaults', body.pre_hash, at))
      return;
    const { policy = null, cap_grants = [] } = { ...this.fields.defaults, ...body };
    const defaults = {
      ...(policy === null ? {} : { policy }),
      ...(cap_grants.length === 0 ? {} : { cap_grants }),
    };
    const { defaults: _, ...others } = this.fields;
    this.fields = Object.keys(defaults).length === 0 ? others : { ...others, defaults };
  }

  private setSection(op: PatchOp, at: string): void {
    const [word, body] = Object.entries(op)[0] as [SectionOp, { readonly pre_hash: string }];
    if (!this.checkSection(word, body.pre_hash, `${at}/${word}`)) return;
    const { pre_hash: _, ...block } = body;
    const { bindings, secrets, ...fields } = block as Record<string, never>;
    if (bindings !== undefined) this.fields = { ...this.fields, module_bindings: bindings };
    else if (secrets !== undefined) this.setSecrets(secrets, `${at}/${word}/secrets`);
    else if (word === 'set_routing_events' || word === 'set_routing_inboxes') {
      this.fields = { ...this.fields, routing: { ...this.fields.routing, ...fields } };
    } else this.fields = { ...this.fields, ...fields };
  }

  private setSecrets(secrets: readonly DraftRef[], at: string): void {
    const before = this.section('defsecret');
    for (const { name, hash } of before) {
      const isKept = secrets.some((ref) => ref.name === name && ref.hash === hash);
      if (!name.startsWith('sys/') || isKept) continue;
      this.report('patch-reserved', at, `${name} is of this world alone: leave it as it is`);
    }
    this.refs.set('secrets', secrets);
  }

  private checkSection(word: SectionOp, preHash: string, at: string): boolean {
    const current = { ...this.fields, secrets: this.refs.get('secrets') } as Manifest;
    const found = sectionHash(SECTIONS[word](current));
    if (found === preHash) return true;
    this.report('patch-pre-hash', `${at}/pre_hash`, `expected ${found}, found ${preHash}`);
    return false;
  }

  private nameOf(kind: DefinitionKind, node: PatchNode, at: string): string | undefined {
    const { $kind, name } = node as { readonly $kind?: unknown; readonly name?: unknown };
    if ($kind !== kind) {
      this.report('patch-kind', at, `expected a node of kind ${kind}, found ${String($kind)}`);
      return undefined;
    }
    if (typeof name === 'string') return name;
    this.report('patch-name', at, `expected a node with a name, found ${String(name)}`);
    return undefined;
  }

  private mayTouch(kind: DefinitionKind, name: string, at: string): boolean {
    if (name.startsWith('sys/')) {
      this.report('patch-reserved', at, `${name} belongs to the catalogue and cannot be edited`);
      return false;
    }
    const key = keyOf({ kind, name });
    if (this.touched.has(key)) {
      this.report('patch-repeated', at, `another operation of this patch touches ${key}`);
      return false;
    }
    this.touched.add(key);
    return true;
  }

  private checkFound(
    { kind, name, pre_hash }: { kind: DefinitionKind; name: string; pre_hash: string },
    at: string,
  ): boolean {
    const found = this.find(kind, name);
    if (found === undefined) {
      this.report('patch-undefined', at, `expected ${kind} ${name}, found none; use add_def`);
      return false;
    }
    if (found.hash === pre_hash) return true;
    this.report('patch-pre-hash', `${at}/pre_hash`, `expected ${found.hash}, found ${pre_hash}`);
    return false;
  }

  private find(kind: DefinitionKind, name: string): DraftRef | undefined {
    return this.section(kind).find((ref) => ref.name === name);
  }

  private section(kind: DefinitionKind): readonly DraftRef[] {
    return this.refs.get(SECTION_OF.get(kind) as ReferenceSection) ?? [];
  }

  private change(
    kind: DefinitionKind,
    edit: (refs: readonly DraftRef[]) => readonly DraftRef[],
  ): void {
    this.refs.set(SECTION_OF.get(kind) as ReferenceSection, edit(this.section(kind)));
  }

  private report(code: string, at: string, message: string): void {
    this.findings.push(error(code, `${this.file}#${at}`, message));
  }
}

interface Named {
  readonly kind: DefinitionKind;
  readonly name: string;
}

function keyOf({ kind, name }: Named): string {
  return `${kind} ${name}`;
}
