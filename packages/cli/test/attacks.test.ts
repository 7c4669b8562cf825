/**
 * What somebody at the command line tries without the keys that it takes: nothing of it reaches the
 * server behind a request that waits for an approver, until that approver says yes.
 */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  definePlan,
  definePolicy,
  defineWorld,
  grant,
  requireApproval,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';
import { ensureKey } from '@aos/host';
import { type Attack, hasHeld, type Met, printAttacks, runAttack, type Target } from '@aos/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { json } from './cli-run.js';

const asked = schema('x/Fetch@1', t.record({ url: t.text }));
const web = grant('web', sys.caps.httpOut2, {
  hosts: ['127.0.0.1'],
  allow_private: ['127.0.0.0/8'],
});
const fetchPage = definePlan('x/fetch@1', { input: asked }, (plan, { url }) => {
  const params = { method: 'GET', url, headers: {} };
  plan.call('page', sys.effects.httpRequest, params, { grant: web });
});
const definition = defineWorld({
  triggers: [trigger(fetchPage)],
  policy: definePolicy('x/policy@1', [
    requireApproval({ effect: sys.effects.httpRequest }, { role: 'approver', count: 1 }),
  ]),
});

class World implements Target {
  requests = 0;
  url = '';
  intent = '';
  #isWaiting = false;
  readonly root = mkdtempSync(join(tmpdir(), 'aos-attacks-'));
  readonly #server: Server = createServer((_, response) => {
    this.requests += 1;
    response.end('counted');
  });

  get path(): string {
    return join(this.root, 'world');
  }

  executed(): number {
    return this.requests;
  }

  /** Runs what has come to run; somebody who waits for people does not. */
  async settle(): Promise<void> {
    if (!this.#isWaiting) await this.aos('run', '--until', 'quiescent');
    this.#isWaiting = false;
  }

  async aos(...args: string[]) {
    return json('--world', this.path, ...args);
  }

  /** The code that a command met. */
  async met(...args: string[]): Promise<Met> {
    const { ok, error } = await this.aos(...args);
    return ok === true ? [] : [error.code];
  }

  /** Somebody asks, and it waits. */
  async ask(): Promise<void> {
    await this.aos('event', 'send', 'x/Fetch@1', JSON.stringify({ url: this.url }));
    this.intent = (await this.opened()).intent;
    this.#isWaiting = true;
  }

  /** The intent that is open. */
  async opened(): Promise<{ readonly intent: string; readonly state: string }> {
    const { data } = await this.aos('intents');
    return data.intents[0];
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/page`;
    mkdirSync(join(this.root, 'folder/air'), { recursive: true });
    for (const { path, text } of definition.toAir()) {
      writeFileSync(join(this.root, 'folder/air', path), text);
    }
    expect(await json('init', this.path, '--from', join(this.root, 'folder'))).toMatchObject({
      ok: true,
    });
    for (const [name, role] of [
      ['host', 'host'],
      ['ben', 'approver'],
    ] as const) {
      expect(await this.met('keyring', 'add', name, '--role', role)).toEqual([]);
    }
    // a key of this machine that the world does not know
    ensureKey(process.env.AOS_HOME ?? '', 'mallory');
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.root, { recursive: true, force: true });
  }
}

type Try = (world: World, intent: string) => Promise<Met>;

/** A bundle of the world in which the policy was made to say something else. */
const forgedBundle: Try = async (world) => {
  const file = join(world.root, 'forged.aosb');
  rmSync(file, { force: true });
  await world.aos('export', file);
  const bytes = readFileSync(file);
  const at = bytes.indexOf('require_approval');
  bytes.write('allow___________', at);
  writeFileSync(file, bytes);
  const { ok, error } = await json('import', file, join(world.root, 'imported'));
  return ok === true ? [] : [error.code];
};

const HASH = `sha256:${'0'.repeat(64)}`;
/** A yes that nobody gave. */
const CHANGED = JSON.stringify({
  ...{ proposal: 0, change: 'approved', principal: 'ben', author: 'operator' },
  ...{ base: HASH, patch_hash: HASH, manifest: HASH, shadow_hash: null },
});

const TRIES: readonly (readonly [attempt: string, code: string, act: Try])[] = [
  ['runs it without an approval', 'waiting', async (world) => [(await world.opened()).state]],
  ['approves as the operator', 'approval-role', (world, intent) => world.met('approve', intent)],
  [
    'approves as the host',
    'approval-role',
    (world, intent) => world.met('approve', intent, '--as', 'host'),
  ],
  [
    'approves with a key that the world does not know',
    'verb-key',
    (world, intent) => world.met('approve', intent, '--as', 'mallory'),
  ],
  [
    'approves with a key that there is not',
    'key-not-found',
    (world, intent) => world.met('approve', intent, '--as', 'nobody'),
  ],
  [
    'answers in place of the adapter',
    'receipt-not-released',
    (world, intent) =>
      world.met(
        'receipt',
        'send',
        intent,
        '--status',
        'error',
        '--payload',
        '{"code":"x","message":""}',
      ),
  ],
  [
    'answers with a key of nobody',
    'receipt-not-released',
    (world, intent) =>
      world.met(
        'receipt',
        'send',
        intent,
        '--status',
        'error',
        '--payload',
        '{"code":"x","message":""}',
        '--as',
        'mallory',
      ),
  ],
  [
    'lets itself in as an approver',
    'verb-key',
    (world) => world.met('keyring', 'add', 'mallory', '--role', 'approver', '--as', 'mallory'),
  ],
  [
    'gives a host the role of an approver',
    'key-known',
    (world) => world.met('keyring', 'add', 'host', '--role', 'approver'),
  ],
  [
    'stops the world without the role',
    'verb-key',
    (world) => world.met('control', 'pause', '--as', 'ben'),
  ],
  [
    'sends an event that only the kernel makes',
    'event-reserved',
    (world) => world.met('event', 'send', 'sys/ProposalChanged@1', CHANGED),
  ],
  [
    'applies what nobody proposed',
    'proposal-unknown',
    (world) => world.met('governance', 'apply', '0'),
  ],
  [
    'approves of what nobody proposed',
    'proposal-unknown',
    (world) => world.met('governance', 'approve', '0', '--shadow', 'last'),
  ],
  ['imports a bundle in which the policy was changed', 'bundle-damaged', forgedBundle],
];

const world = new World();
const savedHome = process.env.AOS_HOME;
beforeAll(async () => {
  process.env.AOS_HOME = join(world.root, 'home');
  await world.open();
});
afterAll(async () => {
  if (savedHome === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = savedHome;
  await world.close();
});

test('nothing is executed of what the command line tries without the keys for it', async () => {
  const reports = [];
  for (const [attempt, code, act] of TRIES) {
    const attack: Attack<World> = {
      ...{ attempt, code },
      prepare: () => world.ask(),
      act: () => act(world, world.intent),
      twin: () => world.met('approve', world.intent, '--as', 'ben'),
    };
    reports.push(await runAttack('command line', world, attack));
  }
  const file = process.env.AOS_ATTACKS;
  if (file !== undefined) appendFileSync(file, `${printAttacks(reports).join('\n')}\n`);
  expect(reports.filter((report) => !hasHeld(report))).toEqual([]);
  expect(await world.aos('verify')).toMatchObject({ ok: true });
}, 60_000);
