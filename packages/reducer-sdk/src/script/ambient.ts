/**
 * What scripts must not have: the time, chance, the language of the machine, the collector, and all
 * that a platform adds to the language.
 *
 * The module takes these away before a script is evaluated; a native run does for as long as it
 * lasts, so that a test fails where the module would.
 */

type Property = readonly [holder: object, name: string];

/** The globals that stay; all are of the language, on every platform. */
const LANGUAGE: ReadonlySet<string> = new Set([
  ...['globalThis', 'undefined', 'NaN', 'Infinity', 'eval', 'isFinite', 'isNaN', 'parseFloat'],
  ...['parseInt', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent'],
  ...['escape', 'unescape', 'Object', 'Function', 'Boolean', 'Symbol', 'Number', 'BigInt', 'Math'],
  ...['String', 'RegExp', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'JSON', 'Promise'],
  ...['Reflect', 'Proxy', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Int16Array'],
  ...['Uint8ClampedArray', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array'],
  ...['Float64Array', 'BigInt64Array', 'BigUint64Array', 'Error', 'AggregateError', 'EvalError'],
  ...['RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
]);

/** Everything hidden, where it exists. Names with two underscores belong to tools for tests. */
function ambientProperties(): readonly Property[] {
  const world: object = globalThis;
  const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
  const localized = [Object, Number, BigInt, Array].map(({ prototype }): object => prototype);
  return [
    ...Object.getOwnPropertyNames(world)
      .filter((name) => !LANGUAGE.has(name) && !name.startsWith('__'))
      .map((name): Property => [world, name]),
    [Math, 'random'],
    [String.prototype, 'localeCompare'],
    [String.prototype, 'toLocaleLowerCase'],
    [String.prototype, 'toLocaleUpperCase'],
    ...[...localized, typedArray].map((holder): Property => [holder, 'toLocaleString']),
  ];
}

/** Removes them for good. */
export function removeAmbient(): void {
  for (const [holder, name] of ambientProperties()) Reflect.deleteProperty(holder, name);
}

/** Runs without them and puts them back. */
export function withoutAmbient<T>(run: () => T): T {
  const hidden = ambientProperties().flatMap(([holder, name]) => {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    return descriptor?.configurable ? [{ holder, name, descriptor }] : [];
  });
  for (const { holder, name } of hidden) Reflect.deleteProperty(holder, name);
  try {
    return run();
  } finally {
    for (const { holder, name, descriptor } of hidden) {
      Object.defineProperty(holder, name, descriptor);
    }
  }
}
