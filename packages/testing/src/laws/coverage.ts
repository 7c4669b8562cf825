/** How often each thing has happened, so that a law is never kept only by nothing happening. */
import type { JournalRecord } from '@aos/protocol';

export class Coverage {
  readonly counts = new Map<string, number>();

  count(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  record({ input, entries }: JournalRecord): void {
    this.count(`input ${input.kind}`);
    if ('verb' in input) this.count(`verb ${input.verb}`);
    for (const entry of entries) {
      this.count(`entry ${entry.kind}`);
      if ('code' in entry && entry.code !== null) this.count(`${entry.kind} ${entry.code}`);
      if (entry.kind === 'intent') this.count(`asked ${entry.effect}`);
      if (entry.kind === 'governance-changed') {
        this.count(`governance ${entry.change}`);
        if (entry.principal.startsWith('world:')) this.count(`world ${entry.change}`);
      }
      if (entry.kind === 'decision') this.count(`decision ${entry.outcome}`);
      if (entry.kind === 'settled') this.count(`settled ${entry.status}`);
      if (entry.kind === 'plan-step') this.count(`plan-step ${entry.outcome}`);
      if (entry.kind === 'plan-ended') this.count(`plan-ended ${entry.status}`);
      if (entry.kind === 'plan-step' && entry.code !== null) this.count(`plan ${entry.code}`);
      if (entry.kind === 'plan-ended' && entry.code !== null) this.count(`plan ${entry.code}`);
    }
  }

  merge(other: Coverage): void {
    for (const [name, times] of other.counts) this.count(name, times);
  }

  has(name: string): boolean {
    return (this.counts.get(name) ?? 0) > 0;
  }

  /** The codes counted under `group`, which is a word such as `refusal` or `reducer-fault`. */
  codesOf(group: string): readonly string[] {
    const prefix = `${group} `;
    return [...this.counts.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  /** A line for each name, in order. */
  histogram(): string {
    const names = [...this.counts.keys()].sort();
    const width = Math.max(0, ...names.map((name) => name.length));
    return names
      .map((name) => `${name.padEnd(width)} ${String(this.counts.get(name)).padStart(8)}`)
      .join('\n');
  }
}
