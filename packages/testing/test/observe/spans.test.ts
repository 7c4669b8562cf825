/** Spans as an OpenTelemetry SDK gets them. */
import { PlaceIds, spanIdOf, spanObserver, traceIdOf } from '@aos/host/spans';
import type { TestWorld } from '@aos/testing';
import { SpanStatusCode } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { beforeAll, describe, expect, it } from 'vitest';
import { order } from '../test-world/shop.js';
import { liveThrough, openShop } from './observed-shop.js';

function newSdk(idGenerator?: { generateTraceId(): string; generateSpanId(): string }) {
  const exporter = new InMemorySpanExporter();
  const ids = new PlaceIds();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  const provider = new BasicTracerProvider({ idGenerator: idGenerator ?? ids, spanProcessors });
  const observer = spanObserver({ tracer: provider.getTracer('test'), ids });
  return { observer, spans: () => exporter.getFinishedSpans() };
}

const idOf = (span: ReadableSpan) => span.spanContext().spanId;
const traceOf = (span: ReadableSpan) => span.spanContext().traceId;

let world: TestWorld;
let spans: readonly ReadableSpan[];

beforeAll(async () => {
  const sdk = newSdk();
  world = await openShop([sdk.observer]);
  await liveThrough(world);
  await world.close();
  spans = sdk.spans();
});

describe('spans', () => {
  it('are a trace for each root event, under names that follow from its place', () => {
    const roots = spans.filter((span) => span.parentSpanContext === undefined);
    const { worldId } = world;
    for (const root of roots) {
      const seq = Number(root.attributes['aos.place']);
      expect(traceOf(root)).toBe(traceIdOf(worldId, seq));
      expect(idOf(root)).toBe(spanIdOf(worldId, { seq, i: null }));
    }
    const events = world.records().filter(({ input }) => input.kind === 'event').length;
    expect(roots.filter(({ name }) => name.startsWith('event ')).length).toBe(events);
    expect(new Set(roots.map(traceOf)).size).toBe(roots.length);
  });

  it('hang together: each has its parent in its own trace, from event to plan to effect', () => {
    const byId = new Map(spans.map((span) => [idOf(span), span]));
    expect(byId.size).toBe(spans.length);
    for (const span of spans) {
      if (span.parentSpanContext === undefined) continue;
      const parent = byId.get(span.parentSpanContext.spanId);
      expect(parent, span.name).toBeDefined();
      if (parent !== undefined) expect(traceOf(parent)).toBe(traceOf(span));
    }
    const line = (span: ReadableSpan | undefined): string[] => {
      if (span === undefined) return [];
      return [...line(byId.get(span.parentSpanContext?.spanId ?? '')), span.name];
    };
    const effect = spans.find(({ name }) => name === 'effect pay.charge');
    expect(line(effect)).toEqual(['event shop/Order@1', 'plan shop/sell@1', 'effect pay.charge']);
  });

  it('are one for each plan and effect that ended, with how it ended and how long it took', () => {
    const ended = world.entries('settled').length + world.entries('plan-ended').length;
    expect(spans.filter(({ name }) => /^(plan|effect) /.test(name))).toHaveLength(ended);
    const late = spans.find((span) => span.attributes['aos.status'] === 'timeout');
    expect(late?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'effect-timeout' });
    expect(late?.duration).toEqual([10, 0]);
    const plan = spans.find(({ name }) => name === 'plan shop/sell@1');
    expect(plan?.events.map(({ name }) => name)).toContain('charge_receipt waiting');
  });

  it('are in the trace of their root whoever makes the ids', async () => {
    const sdk = newSdk(new PlaceIds());
    const other = await openShop([sdk.observer]);
    await liveThrough(other);
    await other.close();
    const names = (all: readonly ReadableSpan[]) =>
      all.map((span) => `${traceOf(span)} ${span.name}`).sort();
    expect(names(sdk.spans())).toEqual(names(spans));
  });

  it('hold no values', () => {
    const shown = spans.map(({ name, attributes, events }) => [name, attributes, events]);
    expect(JSON.stringify(shown)).not.toContain('secret-value');
  });

  it('are the same for whoever sees the journal go on after a restart', async () => {
    const sdk = newSdk();
    const restarted = await openShop([sdk.observer]);
    restarted.effects.hold('pay.charge');
    await restarted.send(order, { id: 'a', cents: 995 });
    await restarted.settle();
    const before = sdk.spans().length;
    await restarted.reopen();
    restarted.effects.on('pay.charge', (call) => call.ok({ payment: 'p' })).release('pay.charge');
    await restarted.settle();
    const after = sdk.spans().slice(before);
    expect(after.map(({ name }) => name)).toEqual(['effect pay.charge', 'plan shop/sell@1']);
    expect(after.map(traceOf)).toEqual([0, 0].map((seq) => traceIdOf(restarted.worldId, seq)));
    expect(after[0]?.parentSpanContext?.spanId).toBe(idOf(after[1] as ReadableSpan));
    await restarted.close();
  });
});
