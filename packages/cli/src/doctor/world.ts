/** What a world shows of its health: its files, who has it, how it stands, what it waits for. */
import { statSync } from 'node:fs';
import { bytesEqual } from '@aos/canon';
import { aosHome, openWorld, unservedKinds } from '@aos/host';
import { type World, wakeAtOf } from '@aos/kernel';
import type { StatusShape } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { connectDaemon } from '../access/daemon-access.js';
import { openForReading } from '../access/local-access.js';
import { Asked } from '../access/with-access.js';
import { servedAdapters } from '../compose/adapters.js';
import { newEngine } from '../compose/engine.js';
import { findSigner } from '../compose/keys.js';
import { secretsOf } from '../compose/secrets.js';
import { readSettings } from '../compose/settings.js';
import { withStore } from '../world/open-world.js';
import { storePath } from '../world/world-path.js';
import { attempt, bad, type Check, fine, look } from './check.js';
import { checkSpace } from './machine.js';

export async function checkWorld(world: string): Promise<readonly Check[]> {
  const writer = await attempt('writer', () => checkWriter(world));
  const first = [
    await attempt('space', () => checkSpace(world)),
    await attempt('permissions', () => checkPermissions(world)),
    writer,
  ];
  try {
    const access = await openForReading(world);
    try {
      const asked = new Asked(access);
      const status = await asked.call('status', { authoring: true });
      const work = await checkWork(asked, status);
      return [
        ...first,
        writer.says === SERVED ? checkOpenTail(status) : checkTail(status),
        ...checkStatus(status),
        ...work,
        ...(await lookInside(world, status)),
      ];
    } finally {
      await access.close();
    }
  } catch (error) {
    return [...first, await attempt('journal', () => Promise.reject(error))];
  }
}

async function lookInside(path: string, { live }: StatusShape): Promise<readonly Check[]> {
  if (live === null) return [];
  return withStore(path, (store) => checkInside(openWorld(store, newEngine()).world, path));
}

const WRITABLE_BY_OTHERS = 0o022;
const READABLE_BY_OTHERS = 0o044;

function checkPermissions(world: string): Check {
  const path = storePath(world);
  const { mode } = statSync(path);
  const next = `run chmod 700 '${path}'`;
  if (process.platform === 'win32') return fine('permissions', path);
  if ((mode & WRITABLE_BY_OTHERS) !== 0)
    return bad('permissions', `others may write '${path}'`, next);
  if ((mode & READABLE_BY_OTHERS) === 0) return fine('permissions', `'${path}' is private`);
  return look('permissions', `others may read '${path}'`, next);
}

const SERVED = 'a daemon has the world, and answers';

async function checkWriter(world: string): Promise<Check> {
  const daemon = await connectDaemon(world);
  await daemon?.close();
  if (daemon !== undefined) return fine('writer', SERVED);
  try {
    const store = await openWorldStore(storePath(world), { mode: 'write' });
    await store.close();
    return fine('writer', 'nobody has the world; every command opens it');
  } catch (error) {
    if ((error as { code?: string }).code !== 'world-locked') throw error;
    const next = 'wait for it; if it is a daemon that does not answer, end its process';
    return bad('writer', 'a process has the world for writing and does not answer', next);
  }
}

function checkStatus(status: StatusShape): readonly Check[] {
  return [checkOpening(status), checkHalt(status), checkAuthoring(status)];
}

/** The daemon may write at this moment: how the journal ends says nothing. */
function checkOpenTail({ head }: StatusShape): Check {
  return fine('journal', `${head + 1} records, and a daemon that writes more`);
}

function checkTail({ tail, head }: StatusShape): Check {
  if (tail === null || (tail.clean && tail.ignored_bytes === 0)) {
    return fine('journal', `${head + 1} records, closed in order`);
  }
  if (tail.ignored_bytes > 0) {
    const says = `${tail.ignored_bytes} bytes behind record ${head} are no record`;
    return look('journal', says, 'they were never acknowledged; the next writer cuts them off');
  }
  const says = `${head + 1} records, not closed: a process has them, or ended without closing`;
  return look('journal', says, 'nothing, unless you know that no process should have the world');
}

function checkOpening({ live, trouble, snapshot }: StatusShape): Check {
  if (live === null) {
    const says = `the world does not open [${trouble?.code}]: ${trouble?.message}`;
    return bad('opening', says, "'aos verify --explain' shows where; restore a copy");
  }
  if (live.passed_over !== null) {
    const says = `the last snapshot was passed over [${live.passed_over.code}]`;
    return bad('opening', says, "make another one: 'aos snapshot --from-genesis'");
  }
  const from = snapshot === null ? 'its genesis' : `the snapshot after record ${snapshot.seq}`;
  if (live.replayed <= MANY_RECORDS) return fine('opening', `it opens from ${from}`);
  const says = `it opens from ${from} and replays ${live.replayed} records`;
  return look('opening', says, "'aos snapshot' makes the next opening short");
}

const MANY_RECORDS = 100_000;

function checkHalt({ halt, live }: StatusShape): Check {
  if (halt !== null) {
    const says = `a defect halted it after record ${halt.seq} [${halt.code}]: ${halt.detail}`;
    return bad('mode', says, "report it; then 'aos control clear-halt' lets the world go on");
  }
  const mode = live?.mode ?? 'unknown';
  if (mode === 'running') return fine('mode', 'it is running');
  const why = live?.halt_code == null ? '' : ` (${live.halt_code})`;
  return look('mode', `it is ${mode}${why}`, "'aos control resume' lets it run");
}

function checkAuthoring({ authoring }: StatusShape): Check {
  if (authoring === 'invalid') {
    return look('authoring', 'the authoring folder is not valid', "see 'aos air check'");
  }
  if (authoring !== 'differs') return fine('authoring', 'nothing differs from what is in force');
  const says = 'the authoring folder differs from the manifest in force';
  return look(
    'authoring',
    says,
    'editing it changes nothing of this world; make another to try it',
  );
}

async function checkWork(asked: Asked, { live }: StatusShape): Promise<readonly Check[]> {
  if (live === null) return [];
  const { intents, count } = await asked.call('intents.list', { limit: 1000 });
  const people = intents.filter(({ state }) => state === 'waiting').length;
  const outside = count - people;
  return [
    people === 0
      ? fine('approvals', 'nothing waits for people')
      : look('approvals', `${people} intents wait for people`, "'aos intents --state waiting'"),
    outside === 0
      ? fine('effects', 'nothing is asked of the outside')
      : look(
          'effects',
          `${outside} effects have no receipt yet`,
          "'aos up' or 'aos run' runs them",
        ),
  ];
}

/** What only the world itself can tell, once it is open. */
function checkInside(world: World, path: string): readonly Check[] {
  return [checkAdapters(world), checkHostKey(world, path), ...checkTime(world)];
}

function checkAdapters(world: World): Check {
  const settings = readSettings(aosHome());
  const missing = unservedKinds(world, servedAdapters(settings, secretsOf(settings)));
  if (missing.length === 0) return fine('adapters', 'every effect it may ask for is served here');
  const says = `nobody serves ${missing.join(', ')} here`;
  return look('adapters', says, "'aos up --allow-missing'; answer with 'aos receipt send'");
}

function checkHostKey({ keyring }: World, path: string): Check {
  const signer = findSigner(path, 'host');
  const known = signer && keyring.find(({ keyId }) => bytesEqual(keyId, signer.keyId));
  const isUsable = known !== undefined && known.revokedAt === null;
  if (isUsable) return fine('host-key-known', 'the world knows the key that signs receipts here');
  const says =
    known === undefined
      ? 'the world does not know the key that signs receipts here'
      : 'the key that signs receipts here was revoked';
  const next = "'aos keyring add host --role host', or 'aos up' where the operator's key is";
  return look('host-key-known', says, next);
}

const HOUR_NS = 3_600_000_000_000n;

function checkTime(world: World): readonly Check[] {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const passedNs = nowNs - world.lastWallNs;
  const dueNs = wakeAtOf(world);
  const isDue = dueNs !== undefined && dueNs <= world.logicalNowNs + passedNs;
  return [
    passedNs < -HOUR_NS
      ? bad('clock', 'the last record is of a later time than it is here', 'set the clock')
      : fine('clock', `the last record is of ${timeText(world.lastWallNs)}`),
    isDue
      ? look('deadlines', 'something was due and nobody woke the world', "'aos up' or 'aos run'")
      : fine('deadlines', 'nothing is overdue'),
  ];
}

const timeText = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString();
