/** What a version of a window came from; `over` is the program's, putting away what has ended by itself. */
export const WINDOW_ACTS = ['planned', 'changed', 'ended-early', 'switched-on', 'switched-off', 'over'] as const;
export type WindowAct = (typeof WINDOW_ACTS)[number];
