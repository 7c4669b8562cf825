/**
 * The picture of a comparison: a panel for each figure, a bar for each system. Bars are linear from
 * zero; the thin line is what all runs lay between. It is dark where its reader prefers that.
 */
import type { PeerReport } from './main.js';
import { FIGURES, type PeerRow } from './rows.js';

const WIDTH = 900;
const COLUMNS = 2;
const GAP = 24;
const HEAD = 64;
const FOOT = 44;
const TITLE = 22;
const ROW = 20;
const BAR = 12;
const LABEL = 104;
/** Room for a figure behind its bar. */
const VALUE = 92;
const PANEL = (WIDTH - GAP * (COLUMNS + 1)) / COLUMNS;
const BARS = PANEL - LABEL - VALUE;

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; }
.head { font-size: 16px; font-weight: 600; }
.quiet { fill: #57606a; }
.ground { fill: #ffffff; }
.aos { fill: #1f6feb; }
.aos-in-process { fill: #1f6feb; fill-opacity: 0.35; }
.peer { fill: #8c959f; }
.volatile { fill: #8c959f; fill-opacity: 0.35; }
.limit { fill: none; stroke: #8c959f; }
.spread { stroke: #24292f; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .quiet { fill: #9198a1; }
  .ground { fill: #0d1117; }
  .aos, .aos-in-process { fill: #58a6ff; }
  .peer, .volatile { fill: #9198a1; }
  .limit { stroke: #9198a1; }
  .spread { stroke: #e6edf3; }
}`;

const TITLES: Readonly<Record<string, string>> = {
  'counter-1-key': 'Counter, one key: events/s',
  'counter-1000-keys': 'Counter, 1,000 keys: events/s',
  'workflow-1-step': 'Workflow of one durable step: workflows/s',
  'workflow-3-steps': 'Workflow of three durable steps: workflows/s',
  'cold-start': 'Cold start to the first event: ms',
  'resume-after-kill': 'Resume after SIGKILL until all are done: ms',
  memory: 'Memory after the events: MiB',
  'memory-growth': 'Memory gained by million events: MiB',
  disk: 'Disk by million events: MiB',
};

const VOLATILE = 'xstate';

/** The comparison as SVG. */
export function drawReport(report: PeerReport): string {
  const figures = Object.keys(FIGURES);
  const names = report.systems.map(({ name }) => name);
  const height = TITLE + names.length * ROW + GAP;
  const lines = Math.ceil(figures.length / COLUMNS);
  const whole = HEAD + lines * height + FOOT;
  const panels = figures.map((figure, i) => {
    const x = GAP + (i % COLUMNS) * (PANEL + GAP);
    const y = HEAD + Math.floor(i / COLUMNS) * height;
    return `<g transform="translate(${x} ${y})">${drawPanel(report, figure, names)}</g>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${whole}" role="img">`,
    '<title>AgentOS side by side with Restate, DBOS, LangGraph and XState</title>',
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${whole}"/>`,
    text({ x: GAP, y: 28, kind: 'head' }, 'The same work, side by side'),
    text({ x: GAP, y: 48, kind: 'quiet' }, SUBTITLE),
    ...panels,
    text({ x: GAP, y: whole - 20, kind: 'quiet' }, machineOf(report)),
    '</svg>',
  ].join('\n')}\n`;
}

const SUBTITLE =
  'Medians; the line is the range of all runs. Pale: without a client process (aos-in-process), ' +
  'or without durability (xstate). Empty: what this machine allows a bare pipeline (limit).';

function drawPanel(report: PeerReport, figure: string, names: readonly string[]): string {
  const rows = names.map((name) => rowOf(report, `${figure}.${name}`));
  const most = Math.max(1, ...rows.map((row) => row?.max ?? 0));
  const better = FIGURES[figure] === '1/s' ? 'more is better' : 'less is better';
  const title = escaped(TITLES[figure] ?? figure);
  const spans = [`<tspan class="title">${title}</tspan>`, `<tspan class="quiet">${better}</tspan>`];
  const head = `<text y="12">${spans.join(' ')}</text>`;
  return [
    head,
    ...names.map((name, i) => drawBar(name, rows[i], { y: TITLE + i * ROW, most })),
  ].join('\n');
}

interface BarPlace {
  readonly y: number;
  /** What a bar of full length stands for. */
  readonly most: number;
}

function drawBar(name: string, row: PeerRow | undefined, { y, most }: BarPlace): string {
  const base = y + BAR - 2;
  const label = text({ x: LABEL - 8, y: base, kind: 'label', anchor: 'end' }, name);
  if (row === undefined || row.value === null) {
    return `${label}${text({ x: LABEL, y: base, kind: 'quiet' }, shortReason(row))}`;
  }
  const length = (value: number | null) => ((Math.max(0, value ?? 0) / most) * BARS).toFixed(1);
  const from = LABEL + Number(length(row.min));
  const to = LABEL + Number(length(row.max));
  const middle = y + BAR / 2;
  return [
    label,
    drawLength({ kind: kindOf(name), y, width: length(row.value) }),
    `<path class="spread" d="M${from} ${middle}H${to}"/>`,
    text({ x: to + 6, y: base, kind: 'value' }, row.value.toLocaleString('en-US')),
  ].join('');
}

interface Length {
  readonly kind: string;
  readonly y: number;
  readonly width: string;
}

function drawLength({ kind, y, width }: Length): string {
  return `<rect class="${kind}" x="${LABEL}" y="${y}" width="${width}" height="${BAR}"/>`;
}

/** Why there is no bar, in a few words. */
function shortReason(row: PeerRow | undefined): string {
  const reason = row?.reason ?? 'not measured';
  return reason.length > 48 ? `${reason.slice(0, 47)}…` : reason;
}

function kindOf(name: string): string {
  if (name.startsWith('aos')) return name;
  if (name.startsWith('limit')) return 'limit';
  return name === VOLATILE ? 'volatile' : 'peer';
}

function rowOf({ rows }: PeerReport, name: string): PeerRow | undefined {
  return rows.find((row) => row.name === name) as PeerRow | undefined;
}

function machineOf({ machine, effort, rows }: PeerReport): string {
  const probe = rows.find(({ name }) => name === 'probe.flush');
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory_gib} GiB, Node ${machine.node}`,
    effort.rounds === 1 ? '1 round' : `${effort.rounds} rounds`,
    `${probe?.value?.toLocaleString('en-US') ?? '?'} flushes/s`,
  ].join('; ');
}

interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly kind: string;
  readonly anchor?: 'end';
}

function text({ x, y, kind, anchor }: TextPlace, content: string): string {
  const at = anchor === undefined ? '' : ` text-anchor="${anchor}"`;
  return `<text class="${kind}" x="${x}" y="${y}"${at}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
