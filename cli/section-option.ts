import { SECTION_NAMES } from '@causeway/server/operator';
import { Option } from 'commander';

/** `--section profile cards`: the sections of a configuration that are meant; any other name is wrong usage. */
export function sectionOption(flags = '--section <names...>'): Option {
  return new Option(flags, 'only these sections').choices(SECTION_NAMES);
}

/** Those that were named, in the document's order; all of them where none was. */
export function sectionsNamed(names: readonly string[] | undefined): (typeof SECTION_NAMES)[number][] {
  return SECTION_NAMES.filter((name) => names === undefined || names.includes(name));
}
