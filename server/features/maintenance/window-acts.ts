/**
 * What a version of a window came from: `begun` is a new one in force as soon as it was saved, `over` the program's,
 * putting away what has ended by itself.
 */
export const WINDOW_ACTS = [
  'planned',
  'begun',
  'changed',
  'ended-early',
  'switched-on',
  'switched-off',
  'over',
] as const;
export type WindowAct = (typeof WINDOW_ACTS)[number];
