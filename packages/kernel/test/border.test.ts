import { decode, sha256, utf8, type Value } from '@aos/canon';
import { createWorld, crossBorder, forkGenesis, takeSnapshot, type World } from '@aos/kernel';
import { encodeGenesis, type Genesis, worldIdOf } from '@aos/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  definition,
  keys,
  Life,
  note,
  ofKind,
  put,
  type Script,
  stateOf as stateBytes,
} from './effect-world.js';
import { must } from './script-world.js';

const asking: Script = ({ tag, state }) =>
  tag === 'Put'
    ? ({ state: stateBytes(1), effects: [note()] } as never)
    : { state: stateBytes(state ? 2 : 1) };
const size = { size: 1 };
const identity = { createdNs: 3_000n, nonce: new Uint8Array(16).fill(3) };
const epoch = { verb: 'epoch', epoch: 1 } as const;

let life: Life;
beforeEach(() => {
  life = new Life({ K: asking });
  life.take(put('a'));
  life.take(put('b'));
});

/** The life goes on as that of a fork. */
function cross(genesis: Genesis = forkGenesis(life.world, identity)) {
  const crossed = crossBorder(life.world, encodeGenesis(genesis));
  if (crossed.ok) life.world = crossed.value;
  return crossed.ok ? 'crossed' : crossed.refusal.code;
}

/** What a snapshot says of a world, but for who it is. */
function stateOf(world: World) {
  const taken = takeSnapshot(world);
  if (taken.kind !== 'taken') throw new Error('a snapshot needs nothing here');
  const fields = must(decode(taken.bytes)) as ReadonlyMap<string, Value>;
  return [...fields].filter(([name]) => name !== 'world_id' && name !== 'chain');
}

describe('the border of a fork', () => {
  it('changes who a world is, and nothing else of it', () => {
    const parent = life.world;
    expect(cross()).toBe('crossed');
    const genesis = encodeGenesis(forkGenesis(parent, identity));
    expect(life.world).toMatchObject({ worldId: worldIdOf(genesis), chain: worldIdOf(genesis) });
    expect(life.world.seq).toBe(parent.seq);
    expect(stateOf(life.world)).toEqual(stateOf(parent));
  });

  it('lets in nothing before a greater epoch', () => {
    cross();
    for (const raw of [put('c'), life.verb({ verb: 'pause' }), { kind: 'tick' } as const]) {
      expect(life.ask(raw)).toBe('fork-epoch-first');
    }
    expect(life.ask(life.verb({ verb: 'epoch', epoch: 0 }))).toBe('epoch-not-greater');
    life.take(life.verb(epoch));
    expect(life.ask(put('c'))).toBe('admitted');
  });

  it('leaves to the parent what was in flight, and tells whoever waited for it', () => {
    const receipts = [...life.world.intents.range()].map(({ hash }) =>
      life.receipt(size, { intentHash: hash }),
    );
    expect(life.ask(receipts[0] as never)).toBe('admitted');
    cross();
    const entries = life.take(life.verb(epoch));
    expect(ofKind(entries, 'dropped').map(({ code }) => code)).toEqual([
      'intent-abandoned',
      'intent-abandoned',
    ]);
    expect(receipts.map((raw) => life.ask(raw))).toEqual(['receipt-world', 'receipt-world']);
    expect(life.take({ kind: 'continue' })).toMatchObject([
      { kind: 'state-changed', cause: { seq: 2, i: 0 } },
      { kind: 'state-changed', cause: { seq: 2, i: 1 } },
    ]);
  });

  it('leads to the states that its parent gets by the same inputs and stamps', () => {
    const quiet: Script = ({ state }) => ({ state: stateBytes(state ? 2 : 1) });
    const lives = [new Life({ K: quiet }), new Life({ K: quiet })];
    const states = lives.map((each, n) => {
      life = each;
      life.take(put('a'));
      if (n === 1) expect(cross()).toBe('crossed');
      life.take(life.verb(epoch));
      for (const id of ['a', 'b', 'c']) life.take(put(id));
      return stateOf(life.world);
    });
    expect(states[1]).toEqual(states[0]);
  });

  it('gives the keys that are good there, and remembers the others', () => {
    life.take(life.verb({ verb: 'keyring-revoke', keyId: keys.approver.keyId }));
    expect(forkGenesis(life.world, identity).keyring.map(({ name }) => name)).toEqual([
      'ops',
      'ada',
    ]);
    cross();
    life.take(life.verb(epoch));
    const { publicKey } = keys.approver;
    const again = { verb: 'keyring-add', publicKey, name: 'again', roles: ['approver'] } as const;
    expect(life.ask(life.verb(again))).toBe('key-known');
  });

  it('is crossed again by a fork of the fork', () => {
    cross();
    life.take(life.verb(epoch));
    expect(cross(forkGenesis(life.world, { ...identity, nonce: new Uint8Array(16) }))).toBe(
      'crossed',
    );
    expect(life.ask(life.verb(epoch))).toBe('epoch-not-greater');
    life.take(life.verb({ verb: 'epoch', epoch: 2 }));
  });
});

describe('a genesis that is none of a fork here', () => {
  const other = sha256(utf8('another'));
  const cases: readonly (readonly [string, string, (own: Genesis) => Genesis])[] = [
    ['has no parent', 'fork-parent', ({ parent: _, ...own }) => own],
    ['names another parent', 'fork-parent', (own) => withParent(own, { worldId: other })],
    ['leaves it elsewhere', 'fork-parent', (own) => withParent(own, { seq: 0 })],
    ['leaves another record', 'fork-parent', (own) => withParent(own, { chain: other })],
    ['has another manifest', 'fork-mismatch', (own) => ({ ...own, manifest: other })],
    ['has another key', 'fork-mismatch', (own) => ({ ...own, keyring: [keys.stranger] })],
    [
      'has other numbers',
      'fork-mismatch',
      (own) => ({ ...own, runtime: { ...own.runtime, prices: 2 } }),
    ],
  ];
  it.each(cases)('when it %s', (_, code, change) => {
    expect(cross(change(forkGenesis(life.world, identity)))).toBe(code);
  });

  it('begins no world by itself', () => {
    const genesis = encodeGenesis(forkGenesis(life.world, identity));
    const created = createWorld(genesis, definition, { engine: life.engine });
    expect(created).toMatchObject({ ok: false, refusal: { code: 'fork-parent' } });
  });
});

function withParent(own: Genesis, fields: Partial<Exclude<Genesis['parent'], undefined>>): Genesis {
  if (own.parent === undefined) throw new Error('a fork has a parent');
  return { ...own, parent: { ...own.parent, ...fields } };
}
