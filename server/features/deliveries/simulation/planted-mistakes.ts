import type { Mistake } from './simulate.ts';
export const plantedMistakes: readonly Mistake[] = [];
