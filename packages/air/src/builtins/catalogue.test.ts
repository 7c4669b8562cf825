import { hashOf, toHashText } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { DEFINITION_FORMS } from '../forms/definition.js';
import type { Problem } from '../forms/form.js';
import type { JsonValue } from '../json/value.js';
import { checkTypes } from '../values/types.js';
import {
  BUILTINS,
  builtin,
  builtinHash,
  builtinNames,
  builtinSchema,
  builtinSchemaNames,
} from './catalogue.js';
import { receiptEventsOf } from './receipt-events.js';

/** What version 1 of the catalogue did not have. */
const ADDED = [
  'sys/EffectError@1',
  'sys/EffectReceipt@1',
  'sys/PlanStart@1',
  'sys/ProposalChanged@1',
  'sys/GovDraftParams@1',
  'sys/GovDraftReceipt@1',
  'sys/GovWithdrawParams@1',
  'sys/GovWithdrawReceipt@1',
  'sys/governance.draft@1',
  'sys/governance.withdraw@1',
  'sys/BlobWriteParams@1',
  'sys/BlobWriteReceipt@1',
  'sys/BlobWriteResult@1',
  'sys/BlobReadParams@1',
  'sys/BlobReadReceipt@1',
  'sys/BlobReadResult@1',
  'sys/BlobExistsParams@1',
  'sys/BlobExistsReceipt@1',
  'sys/BlobExistsResult@1',
  'sys/LlmPart@1',
  'sys/LlmMessage@1',
  'sys/LlmTool@1',
  'sys/LlmFrame@1',
  'sys/WasiContent@1',
  'sys/WasiParams@1',
  'sys/WasiReceipt@1',
  'sys/CompileText@1',
  'sys/CompileDiagnostic@1',
  'sys/CompileReducerParams@1',
  'sys/CompileReducerReceipt@1',
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
  'sys/workspace.resolve@1',
  'sys/workspace.empty_root@1',
  'sys/workspace.list@1',
  'sys/workspace.read@1',
  'sys/workspace.write@1',
  'sys/workspace.remove@1',
  'sys/workspace.diff@1',
  'sys/workspace.commit@1',
  'sys/workspace@1',
  'sys/CapEnforceWorkspace@1',
  'sys/Workspace@1',
  'sys/compile.reducer@1',
  'sys/compile@1',
  'sys/CapEnforceCompile@1',
  'sys/blob.write@1',
  'sys/blob.read@1',
  'sys/blob.exists@1',
  'sys/IntrospectDefinitionParams@1',
  'sys/IntrospectDefinitionReceipt@1',
  'sys/IntrospectPlansParams@1',
  'sys/IntrospectPlansReceipt@1',
  'sys/IntrospectDecisionsParams@1',
  'sys/IntrospectDecisionsReceipt@1',
  'sys/IntrospectWhyParams@1',
  'sys/IntrospectWhyReceipt@1',
  'sys/introspect.decisions@1',
  'sys/introspect.why@1',
  'sys/introspect.definition@1',
  'sys/introspect.plans@1',
];
const isFirst = (name: string) => name.endsWith('@1') && !ADDED.includes(name);

describe('the catalogue', () => {
  test('has the hashes it was published with', () => {
    const hashes = BUILTINS.filter(({ name }) => isFirst(name)).map(({ $kind, name }) => [
      `${$kind} ${name}`,
      builtinHash($kind, name) ?? null,
    ]);
    expect(toHashText(hashOf(new Map(hashes as never)))).toBe(
      'sha256:19ca42a2ae0f8ca364342e8363cf9eb12be47ea0faac5e5ede19810e861c8edb',
    );
  });

  test('has events for the receipts of every effect', () => {
    for (const kind of ['timer.set', 'blob.put', 'blob.write', 'mail.send', 'constructor']) {
      const events = receiptEventsOf(kind);
      expect(events.every(({ schema }) => builtinSchema(schema) !== undefined)).toBe(true);
      expect(events.at(-1)).toEqual({ schema: 'sys/EffectReceipt@1', form: 'any-effect' });
    }
  });

  test('names every definition once, with its version', () => {
    const names = BUILTINS.map(({ $kind, name }) => `${$kind} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(builtinSchemaNames().filter(isFirst)).toHaveLength(46);
    expect(builtinNames('defeffect').filter(isFirst)).toHaveLength(15);
  });

  test('holds only what its own forms read unchanged', () => {
    for (const definition of BUILTINS) {
      const problems: Problem[] = [];
      const form = DEFINITION_FORMS[definition.$kind];
      const read = form.read(definition as unknown as JsonValue, '', problems);
      expect([problems, read && hashOf(read)]).toEqual([[], hashOf(definition)]);
    }
  });

  test('refers only to itself', () => {
    const typeOf = (name: string) => builtinSchema(name)?.type;
    expect(checkTypes(builtinSchemaNames(), typeOf).problems).toEqual([]);
    for (const definition of BUILTINS) {
      if (definition.$kind === 'defeffect') {
        expect(builtinSchema(definition.params_schema)?.name).toBe(definition.params_schema);
        expect(builtinSchema(definition.receipt_schema)?.name).toBe(definition.receipt_schema);
      }
      if (definition.$kind === 'defcap') {
        expect(builtin('defmodule', definition.enforcer.module)?.module_kind).toBe('pure');
      }
    }
  });

  test('knows no other names', () => {
    expect(builtinSchema('constructor')).toBe(undefined);
    expect(builtinHash('defschema', 'sys/TimerSetParams@2')).toBe(undefined);
    expect(builtin('defeffect', 'sys/TimerSetParams@1')).toBe(undefined);
  });
});
