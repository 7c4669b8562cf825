/**
 * Metrics as text, in the exposition format 0.0.4 of Prometheus: of each name one head, then all
 * its samples, whichever world they are of.
 */
import type { MetricFamily, MetricsReading, Sample } from './instruments.js';

/** What whoever serves the text says of its type. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function writePrometheus(readings: readonly MetricsReading[]): string {
  const families = new Map<string, MetricFamily>();
  for (const family of readings.flat()) {
    const known = families.get(family.name);
    const samples = [...(known?.samples ?? []), ...family.samples];
    families.set(family.name, { ...family, samples });
  }
  return [...families.values()].flatMap(linesOf).join('');
}

function linesOf({ name, help, type, samples }: MetricFamily): string[] {
  const head = `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n`;
  return [head, ...samples.map((sample) => lineOf(name, sample))];
}

function lineOf(name: string, { suffix, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, item]) => `${key}="${escapeLabel(item)}"`);
  const shown = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  return `${name}${suffix ?? ''}${shown} ${value}\n`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeText(text).replaceAll('"', '\\"');
}
