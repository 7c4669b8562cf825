/**
 * What scripts must not have: the time, chance, the language of the machine, and the collector.
 *
 * The module takes these away before a script is evaluated; a native run does for as long as it
 * lasts, so that a test fails where the module would.
 */

type Property = readonly [holder: object, name: string];

/** Everything hidden, where it exists. */
function ambientProperties(): readonly Property[] {
  const world: object = globalThis;
  const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
  const named = ['Date', 'Intl', 'WeakRef', 'FinalizationRegistry', 'performance', 'crypto'];
  const foreign = ['DOMException', 'atob', 'btoa', 'SharedArrayBuffer', 'Atomics'];
  const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'];
  const localized = [Object, Number, BigInt, Array].map(({ prototype }): object => prototype);
  return [
    ...[...named, ...foreign, ...timers].map((name): Property => [world, name]),
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
