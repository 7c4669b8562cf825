import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAir } from '@aos/air';
import { encode } from '@aos/canon';
import {
  type AdapterFixture,
  adapterContract,
  EffectStage,
  stageCall,
} from '@aos/protocol/contracts';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createNoteAdapter } from './note-adapter.js';
import noteWorld from './note-world.js';

const folder = mkdtempSync(join(tmpdir(), 'notes-'));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

afterAll(() => rmSync(folder, { recursive: true }));

const loaded = loadAir(noteWorld.toAir());
const effect = loaded.ok ? loaded.world.effectOf('note.write') : undefined;

const makeFixture = (): AdapterFixture => ({
  adapter: createNoteAdapter(folder),
  effect: 'note.write',
  sound: () => encode({ text: 'buy milk' }),
  checkReceipt(payload) {
    const receipt = effect?.receipt.normalizeCbor(payload);
    return receipt?.ok ? undefined : receipt?.refusal.code;
  },
  marks: () => readdirSync(folder),
});

test('the world that writes notes has no findings', () => {
  expect(loaded).toMatchObject({ ok: true, findings: [] });
});

describe('the adapter for notes', () => {
  test.each(adapterContract)('$name', ({ run }) => run(makeFixture()));

  test('says that another start may fare better where a note cannot be written', async () => {
    const adapter = createNoteAdapter(join(folder, 'no such folder'));
    const call = stageCall({ effect: 'note.write', params: encode({ text: 'buy milk' }) });
    const { status, retry } = await adapter.start(call, new EffectStage());
    expect([status, retry]).toEqual(['error', 'later']);
  });
});
