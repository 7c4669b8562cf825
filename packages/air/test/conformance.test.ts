import { fromHex, toHashText, toHex } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  builtinHash,
  builtinNames,
  compileSchemas,
  type DefSchema,
  hashDefinitions,
  loadAir,
  type TypeExpr,
} from '../src/index.js';
import { exampleDocuments, readConformance } from './conformance-data.js';

interface NormalizeCase {
  readonly label: string;
  readonly type: TypeExpr;
  readonly input_hex: string;
  readonly output_hex?: string;
}

interface NormalizeData {
  readonly accept: readonly NormalizeCase[];
  readonly refuse: readonly NormalizeCase[];
  readonly refuse_though_original_accepts: readonly NormalizeCase[];
  readonly named_types: { readonly [name: string]: TypeExpr };
}

type Refs = { readonly [section: string]: { readonly [name: string]: string } };
type DefHashes = {
  readonly [example: string]: { readonly refs: Refs; readonly manifest_hash_with_kind?: string };
};

const KINDS: { readonly [section: string]: string } = {
  schemas: 'defschema',
  modules: 'defmodule',
  plans: 'defplan',
  caps: 'defcap',
  policies: 'defpolicy',
  effects: 'defeffect',
  secrets: 'defsecret',
};

function json<T>(path: string): T {
  return JSON.parse(readConformance(path)) as T;
}

function bytes(hex: string): Uint8Array {
  const read = fromHex(hex);
  if (!read.ok) throw new Error(`not hex: ${hex}`);
  return read.value;
}

describe('normalize.json', () => {
  const data = json<NormalizeData>('normalize.json');
  const compile = (type: TypeExpr) => {
    const named = Object.entries(data.named_types).map(
      ([name, each]): DefSchema => ({ $kind: 'defschema', name, type: each }),
    );
    const compiled = compileSchemas([...named, { $kind: 'defschema', name: 't/Case@1', type }]);
    if (!compiled.ok) throw new Error(compiled.refusal.detail);
    const schema = compiled.value.get('t/Case@1');
    if (schema === undefined) throw new Error('the case schema is compiled');
    return schema;
  };

  test.each(data.accept)('accepts: $label', ({ type, input_hex, output_hex }) => {
    const normal = compile(type).normalizeCbor(bytes(input_hex));
    expect(normal.ok && toHex(normal.value)).toBe(output_hex);
  });

  test.each([...data.refuse, ...data.refuse_though_original_accepts])(
    'refuses: $label',
    ({ type, input_hex }) => {
      const normal = compile(type).normalizeCbor(bytes(input_hex));
      expect(normal.ok ? toHex(normal.value) : normal.refusal.code).toMatch(/^value-/);
    },
  );
});

describe('def-hashes.json', () => {
  const data = json<DefHashes>('def-hashes.json');
  test.each(Object.entries(data))('%s has the measured hashes', (example, expected) => {
    const hashes = hashDefinitions(exampleDocuments(example));
    const found = (kind: string, name: string) =>
      hashes.definitions.find((each) => each.kind === kind && each.name === name)?.hash;
    for (const [section, kind] of Object.entries(KINDS)) {
      for (const [name, hash] of Object.entries(expected.refs[section] ?? {})) {
        expect([name, found(kind, name)]).toEqual([name, hash]);
      }
    }
    if (expected.manifest_hash_with_kind !== undefined) {
      expect(hashes.manifest).toBe(expected.manifest_hash_with_kind);
    }
  });

  test('00-counter loads as a world of the same hash', () => {
    const loaded = loadAir(exampleDocuments('00-counter'));
    expect(loaded.ok && toHashText(loaded.world.manifestHash)).toBe(
      data['00-counter']?.manifest_hash_with_kind,
    );
  });

  test.each(['00-counter', '01-hello-timer'])('%s is valid', (example) => {
    const loaded = loadAir(exampleDocuments(example));
    expect(loaded.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

/** What our catalogue has beside the published definitions, under names that they do not have. */
const ADDED_SCHEMAS: readonly string[] = [
  'sys/BlobExistsParams@1',
  'sys/BlobExistsReceipt@1',
  'sys/BlobExistsResult@1',
  'sys/BlobReadParams@1',
  'sys/BlobReadReceipt@1',
  'sys/BlobReadResult@1',
  'sys/BlobWriteParams@1',
  'sys/BlobWriteReceipt@1',
  'sys/BlobWriteResult@1',
  'sys/CompileDiagnostic@1',
  'sys/CompileReducerParams@1',
  'sys/CompileReducerReceipt@1',
  'sys/CompileText@1',
  'sys/EffectError@1',
  'sys/EffectReceipt@1',
  'sys/IntrospectDecisionsParams@1',
  'sys/IntrospectDecisionsReceipt@1',
  'sys/IntrospectDefinitionParams@1',
  'sys/IntrospectDefinitionReceipt@1',
  'sys/IntrospectPlansParams@1',
  'sys/IntrospectPlansReceipt@1',
  'sys/IntrospectWhyParams@1',
  'sys/IntrospectWhyReceipt@1',
  'sys/LlmFrame@1',
  'sys/LlmMessage@1',
  'sys/LlmPart@1',
  'sys/LlmTool@1',
  'sys/PlanStart@1',
  'sys/WasiContent@1',
  'sys/WasiParams@1',
  'sys/WasiReceipt@1',
  'sys/WorkspaceName@1',
  'sys/WorkspaceVersion@1',
  'sys/WorkspaceState@1',
  'sys/WorkspaceCommit@1',
  'sys/WorkspaceCommitted@1',
  'sys/WorkspaceContent@1',
  'sys/WorkspaceResolveParams@1',
  'sys/WorkspaceResolveReceipt@1',
  'sys/WorkspaceEmptyRootParams@1',
  'sys/WorkspaceEmptyRootReceipt@1',
  'sys/WorkspaceListParams@1',
  'sys/WorkspaceListReceipt@1',
  'sys/WorkspaceReadParams@1',
  'sys/WorkspaceReadReceipt@1',
  'sys/WorkspaceWriteParams@1',
  'sys/WorkspaceWriteReceipt@1',
  'sys/WorkspaceRemoveParams@1',
  'sys/WorkspaceRemoveReceipt@1',
  'sys/WorkspaceDiffParams@1',
  'sys/WorkspaceDiffReceipt@1',
  'sys/WorkspaceCommitParams@1',
  'sys/WorkspaceCommitReceipt@1',
  'sys/GovDraftParams@1',
  'sys/GovDraftReceipt@1',
  'sys/GovWithdrawParams@1',
  'sys/GovWithdrawReceipt@1',
  'sys/ProposalChanged@1',
];

describe('the published definitions are in the catalogue, by hash', () => {
  test.each(['builtin-schemas', 'builtin-effects', 'builtin-caps', 'object-catalog'])(
    '%s',
    (file) => {
      const text = readConformance(`defs/${file}.air.json`);
      const { definitions } = hashDefinitions([{ path: file, text }]);
      expect(definitions.length).toBeGreaterThan(0);
      for (const { kind, name, hash } of definitions) {
        const ours = builtinHash(kind, name);
        expect([name, ours && toHashText(ours)]).toEqual([name, hash]);
      }
    },
  );

  test('its other schemas of version 1 are those that the published ones lack', () => {
    const text = readConformance('defs/builtin-schemas.air.json');
    const { definitions } = hashDefinitions([{ path: 'schemas', text }]);
    const ours = builtinNames('defschema').filter((name) => name.endsWith('@1'));
    const published = definitions.map(({ name }) => name);
    expect(ours.toSorted()).toEqual([...published, ...ADDED_SCHEMAS].toSorted());
  });
});
