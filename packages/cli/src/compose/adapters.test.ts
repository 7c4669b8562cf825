import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorldPort } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { adapterEntries, workspaceEntry } from './adapters.js';
import { secretsOf } from './secrets.js';
import { readSettings } from './settings.js';

it.each([...adapterEntries({}, secretsOf({})), workspaceEntry({} as WorldPort)])(
  'the adapter $id is what is said of it before it is loaded',
  async (entry) => {
    const adapter = await entry.load();
    expect([...adapter.kinds].sort()).toEqual([...entry.kinds].sort());
    expect(adapter.implementations ?? []).toEqual(entry.implementations ?? []);
    expect(adapter.id).toBe(entry.id);
    await adapter.close();
  },
);

describe('settings', () => {
  const read = (text: string) => {
    const home = mkdtempSync(join(tmpdir(), 'aos-settings-'));
    try {
      writeFileSync(join(home, 'settings.json'), text);
      return readSettings(home);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  };

  it('are none where there is no file', () => {
    expect(readSettings('/nowhere/at/all')).toEqual({});
  });

  it('name providers and variables', () => {
    const settings = { llm: { providers: { near: { protocol: 'scripted' } } } };
    expect(read(JSON.stringify(settings))).toMatchObject(settings);
    const secrets = { allowed: { '*': ['env:KEY'], [`sha256:${'0'.repeat(64)}`]: ['file:key'] } };
    expect(read(JSON.stringify({ secrets }))).toEqual({ secrets, snapshots: {} });
  });

  it.each([
    '',
    '[]',
    '{"secret":{}}',
    '{"llm":7}',
    '{"secrets":{"env":["KEY"]}}',
    '{"secrets":{"allowed":["env:KEY"]}}',
    '{"secrets":{"allowed":{"*":["KEY"]}}}',
    '{"secrets":{"allowed":{"shop":["env:KEY"]}}}',
  ])('that are none are refused: %j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
  });
});
