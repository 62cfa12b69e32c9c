/** What an exit code says to a script; the same for every command. */
export const EXIT = { done: 0, problemsFound: 1, wrongUsage: 2, refused: 3, unreachable: 4, stopped: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A message for the person: stderr, so that stdout stays data. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The data a command answers: JSON for machines, lines for people. */
export function answer(isJson: boolean | undefined, data: unknown, lines: () => readonly string[]): void {
  process.stdout.write(isJson ? `${JSON.stringify(data, null, 2)}\n` : `${lines().join('\n')}\n`);
}
