/** One thing looked at: how it stands, and what to do where it is not well. */
export interface Finding {
  readonly what: string;
  readonly isWell: boolean;
  readonly sentence: string;
}
