/** What docs/authoring.md claims. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type AirDocument, hashDefinitions, loadAir } from '../src/index.js';
import world from './author-brief.js';

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

const page = read('../../../docs/authoring.md');
const source = read('author-brief.ts');

/** The first block of a language, with its last line break. */
function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';
}

const lines = (text: string) => text.split('\n').length - 1;

function hashOf(documents: readonly AirDocument[], name: string): string | undefined {
  const { definitions, findings } = hashDefinitions(documents);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return definitions.find((each) => each.name === name)?.hash;
}

describe('the plan that docs/authoring.md writes twice', () => {
  test('is what stands in the source, and loads without findings', () => {
    expect(source).toContain(block('ts'));
    expect(loadAir(world.toAir())).toMatchObject({ ok: true, findings: [] });
  });

  test('has one hash', () => {
    const authored = world.toAir();
    const byHand = authored.map((document) =>
      document.path === 'brief.air.json' ? { ...document, text: block('json') } : document,
    );
    expect(byHand).not.toEqual(authored);
    expect(hashOf(byHand, 'demo/brief@1')).toBe(hashOf(authored, 'demo/brief@1'));
  });

  test('has as many lines as the table says', () => {
    const [, ts, json] = /^\| the plan \| (\d+) lines \| (\d+) lines \|$/m.exec(page) ?? [];
    expect([Number(ts), Number(json)]).toEqual([lines(block('ts')), lines(block('json'))]);
    const [, inTs, inJson] =
      /^\| its grants and policy \| (\d+) line \| (\d+) lines \|$/m.exec(page) ?? [];
    expect([Number(inTs), Number(inJson)]).toEqual([
      source.split('\n').filter((line) => line.includes('generatePolicy(')).length,
      linesOfAuthority(),
    ]);
  });
});

/** The policy, and the defaults of the manifest, in the one layout. */
function linesOfAuthority(): number {
  const texts = new Map(world.toAir().map(({ path, text }) => [path, text]));
  const defaults = /^ {2}"defaults": \{\n[\s\S]*?^ {2}\},?\n/m.exec(
    texts.get('manifest.air.json') ?? '',
  );
  return lines(texts.get('policies.air.json') ?? '') + lines(defaults?.[0] ?? '');
}
