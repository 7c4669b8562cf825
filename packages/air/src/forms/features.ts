/**
 * Names of the forms that AIR 1.1 adds. A world that uses one declares it in `manifest.features`,
 * so that whoever knows only AIR 1 refuses the world instead of misreading it.
 */
export const FEATURES = [
  'effect-deadline',
  'effect-implementation',
  'effect-retry',
  'expressions-1.1',
  'grant-budget',
  'grant-parent',
  'migrations',
  'plan-cancel',
  'plan-spawn',
  'policy-approval',
  'policy-governance',
  'policy-rate-limit',
] as const;

export type Feature = (typeof FEATURES)[number];
