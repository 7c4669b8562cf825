import { describe, expect, test } from 'vitest';
import { loadAir } from '../src/index.js';
import {
  counterNodes,
  counterWith,
  documents,
  errorsWith,
  type Json,
  manifestOf,
  moduleOf,
  type Nodes,
  warningsOf,
} from './worlds.js';

const EVENTS = '/0/routing/events';
const route = (event: string, more: { [key: string]: Json } = {}): Json => ({
  event: `demo/${event}@1`,
  reducer: 'demo/Counter@1',
  ...more,
});

/** The counter with these routes. */
const routed = (...routes: Json[]): Nodes => counterWith('manifest.json', EVENTS, routes);

function routesIn(nodes: Nodes, ...schemas: string[]) {
  const outcome = loadAir(documents(nodes));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  return schemas.map((schema) => outcome.world.routesOf(`demo/${schema}@1`));
}

describe('routes', () => {
  test('a family serves itself and wraps each of its members', () => {
    expect(routesIn(counterNodes(), 'Event', 'Start', 'Tick', 'State')).toEqual([
      [{ reducer: 0 }],
      [{ reducer: 0, wrap: 'Start' }],
      [{ reducer: 0, wrap: 'Tick' }],
      [],
    ]);
  });

  test('a member serves only itself', () => {
    expect(routesIn(routed(route('Tick')), 'Event', 'Start', 'Tick')).toEqual([
      [],
      [],
      [{ reducer: 0, wrap: 'Tick' }],
    ]);
  });

  test('a family that is a reference takes the referred schema as it is', () => {
    const nodes = counterWith('schemas.json', '/3/type', { ref: 'demo/Start@1' });
    expect(routesIn(nodes, 'Event', 'Start')).toEqual([[{ reducer: 0 }], [{ reducer: 0 }]]);
  });

  test('several reducers take one event in the order of the manifest', () => {
    const nodes = counterNodes();
    nodes['modules.json']?.push({ ...moduleOf(nodes), name: 'demo/Second@1' });
    const manifest = manifestOf(nodes);
    manifest.modules = [{ name: 'demo/Counter@1' }, { name: 'demo/Second@1' }];
    manifest.routing = {
      events: [
        { event: 'demo/Tick@1', reducer: 'demo/Second@1' },
        { event: 'demo/Event@1', reducer: 'demo/Counter@1' },
      ],
    };
    expect(routesIn(nodes, 'Tick')).toEqual([
      [
        { reducer: 1, wrap: 'Tick' },
        { reducer: 0, wrap: 'Tick' },
      ],
    ]);
  });

  test('an event reaches a reducer once, even when a family and its member are routed', () => {
    const nodes = routed(route('Tick'), route('Event'));
    expect(routesIn(nodes, 'Tick')).toEqual([[{ reducer: 0, wrap: 'Tick' }]]);
    expect(warningsOf(loadAir(documents(nodes)))).toContain(
      'routing-overlap manifest.json#/0/routing/events/1',
    );
  });
});

describe('inboxes', () => {
  test('lead to one reducer, which takes its family and members', () => {
    const nodes = counterNodes();
    const inboxes = [{ source: 'door', reducer: 'demo/Counter@1' }];
    manifestOf(nodes).routing = { inboxes };
    const outcome = loadAir(documents(nodes));
    const inbox = outcome.ok ? outcome.world.inboxOf('door') : undefined;
    expect(inbox?.reducer).toBe(0);
    expect(inbox?.wrapOf('demo/Event@1')).toEqual({});
    expect(inbox?.wrapOf('demo/Tick@1')).toEqual({ wrap: 'Tick' });
    expect(inbox?.wrapOf('demo/State@1')).toBe(undefined);
    expect(outcome.ok && outcome.world.inboxOf('window')).toBe(undefined);
    expect(outcome.ok && outcome.world.inboxOf('constructor')).toBe(undefined);
  });
});

describe('refusals', () => {
  test.each<[string, Json[], string]>([
    ['routing-unknown-reducer', [route('Event', { reducer: 'demo/Gone@1' })], '/0/reducer'],
    ['routing-schema-mismatch', [route('State')], '/0/event'],
    ['routing-duplicate', [route('Tick'), route('Tick')], '/1'],
    ['routing-unexpected-key-field', [route('Event', { key_field: 'id' })], '/0/key_field'],
  ])('%s', (code, routes, at) => {
    expect(errorsWith('manifest.json', EVENTS, routes)).toEqual([
      `${code} manifest.json#${EVENTS}${at}`,
    ]);
  });

  test('a pure module is no reducer', () => {
    const nodes = counterWith('modules.json', '/0/abi', {
      pure: { input: 'demo/State@1', output: 'demo/State@1' },
    });
    moduleOf(nodes).module_kind = 'pure';
    const outcome = loadAir(documents(nodes));
    expect(outcome.findings.map(({ code }) => code)).toContain('routing-unknown-reducer');
  });

  test('a keyed reducer needs a key field, and is not supported yet', () => {
    const errors = errorsWith('modules.json', '/0/key_schema', 'demo/State@1');
    expect(errors).toEqual(['routing-missing-key-field manifest.json#/0/routing/events/0']);
  });

  test.each<[string, Json]>([
    ['a record', { record: { a: { nat: {} } } }],
    ['a variant with an arm that is no reference', { variant: { Tick: { unit: {} } } }],
    [
      'a variant with two arms of one schema',
      { variant: { A: { ref: 'demo/Tick@1' }, B: { ref: 'demo/Tick@1' } } },
    ],
  ])('an event family cannot be %s', (_, type) => {
    expect(errorsWith('schemas.json', '/3/type', type)).toEqual([
      'reducer-event-family-invalid modules.json#/0/abi/reducer/event',
    ]);
  });
});
