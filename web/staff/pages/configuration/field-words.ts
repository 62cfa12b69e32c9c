/** What a field is called and what it means, as data: one file a section in `fields/`. */
export interface FieldWords {
  /** As it stands on the screen. `{1}` is the name of the entry it belongs to. */
  readonly label: string;
  /** What it is a field of, said before the label where it stands alone, as in differences: `Invoice type {1}`. */
  readonly of?: string;
  /** What it means, in a sentence or two. */
  readonly means: string;
  /** What it depends on, and what depends on it. */
  readonly dependsOn?: string;
  /** Who notices when it changes. */
  readonly affects: string;
  /** What it must look like: said at the field where a value is not of its form. */
  readonly mustBe?: string;
  /** How its value is shown; plainly unless said. */
  readonly shownAs?: 'money' | 'percent' | 'secondsLong' | 'minutesLong';
  /** The words hold for everything below the place as well. */
  readonly isWhole?: true;
}

/** The fields of one section by their place in it; `*` stands for the name or number of an entry. */
export interface SectionWords {
  /** What the screen is for and who is affected, read before a field is chosen. */
  readonly intro: string;
  readonly fields: Readonly<Record<string, FieldWords>>;
}
