import type { Command } from 'commander';

/** The one visible list of commands: noun, verb, file. */
export function registerNouns(program: Command): void {
  void program;
}
