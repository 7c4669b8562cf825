// Properties start from one seed, so that a run of the tests says the same twice.
// `AOS_PROPERTY_SEED=17 npm test` takes another one, `AOS_PROPERTY_SEED=random` always a new one.
const DEFAULT_SEED = 20_251;

/** `undefined` where every run takes a new one. @param {string | undefined} setting */
export function seedOf(setting) {
  if (setting === 'random') return undefined;
  const seed = setting === undefined || setting === '' ? DEFAULT_SEED : Number(setting);
  if (Number.isSafeInteger(seed)) return seed;
  throw new Error(`AOS_PROPERTY_SEED=${setting}: give an integer, or "random"`);
}

/**
 * Every test file that imports fast-check under its usual name configures it with the seed.
 * @param {string | undefined} setting
 * @returns {import('vitest/config').Plugin}
 */
export function propertySeed(setting) {
  const seed = seedOf(setting);
  return {
    name: 'property-seed',
    transform(code, id) {
      if (seed === undefined || !/\.test\.ts$/.test(id)) return undefined;
      if (!/^import fc from 'fast-check';$/m.test(code)) return undefined;
      return { code: `${code}\nfc.configureGlobal({ seed: ${seed} });\n`, map: null };
    },
  };
}
