/** Parts that a canary breaks, or looks at; the simulation itself has none of them. */
import type { WorldHost } from '@aos/host';
import type { Batch, WorldStore } from '@aos/protocol';
import type { DiskStore } from '@aos/store';
import type { SimDiskOptions } from '../sim-disk.js';
import type { LifeEnd } from './scheduler.js';

export interface SimParts {
  /** The store as the host sees it. */
  readonly store?: (store: WorldStore) => WorldStore;
  /** The store as it is found after a life. */
  readonly found?: (store: DiskStore) => DiskStore;
  /** The same where a bit was turned. */
  readonly flipped?: (store: DiskStore) => DiskStore;
  /** The host as clients see it. */
  readonly host?: (host: WorldHost) => WorldHost;
  /** Told how a life has ended, while all that it waits for is still open. */
  readonly lifeEnded?: (end: LifeEnd) => void;
  readonly disk?: Pick<SimDiskOptions, 'lieAboutFlush'>;
}

/** The same object but for some of its properties. */
export function withProperties<T extends object>(target: T, changed: Partial<T>): T {
  return new Proxy(target, {
    get(of, name) {
      const value = Reflect.get(Object.hasOwn(changed, name) ? changed : of, name, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}

/** A store that appends in another way. */
export function withAppend(store: WorldStore, append: (batch: Batch) => Promise<void>): WorldStore {
  return withProperties(store, { append });
}
