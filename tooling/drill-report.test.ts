// The report of drills on real parts.
import { describe, expect, it } from 'vitest';
import { killsIn, readTold, reportOf } from './drill-report.mjs';

const lines = (...told: readonly object[]) =>
  told.map((each) => `${JSON.stringify(each)}\n`).join('');
const storm = { drill: 'kills: host', done: 'SIGKILL' };
const full = { drill: 'disk: full', done: 'a disk is filled' };
const deaf = { canary: 'disk: full', broken: 'deaf' };

const told = readTold(
  lines(
    { ...storm, result: 'begun' },
    { ...storm, result: 'passed', count: 300, unit: 'kills', seconds: 61.25 },
    { ...full, result: 'begun' },
    { ...full, result: 'skipped', skipped: 'mount: permission denied', seconds: 0 },
    { ...deaf, result: 'begun' },
  ),
);

describe('the report of drills', () => {
  it('counts kills, and tells what was skipped and why', () => {
    expect(killsIn(told)).toBe(300);
    const report = reportOf(told, ['Commit abc']);
    expect(report).toContain('Commit abc\n');
    expect(report).toContain('1 of 2 drills passed; 0 of 1 broken parts were found out');
    expect(report).toMatch(/\| kills: host \| SIGKILL +\| 300 kills \| passed +\| 61\.\d/);
    expect(report).toContain('Skipped:\n- disk: full: mount: permission denied\n');
  });

  it('has what did not end among what failed, and the command that repeats it', () => {
    const report = reportOf(told, []);
    expect(report).toContain("npm run drills -- --real -t 'canary of disk: full: deaf'");
    expect(report).toContain('it did not end');
  });
});
