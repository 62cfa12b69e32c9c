import {
  ConfigFault,
  type FeatureDeps,
  hearStop,
  isDatabaseAway,
  openOperator,
  Problem,
} from '@causeway/server/operator';
import { EXIT, type ExitCode, say } from './answer.ts';

export { answer, EXIT, type ExitCode, say } from './answer.ts';

/**
 * Runs one operator command on the installation and sets the exit code. Refusals become one clear sentence on stderr
 * (with the faults below it); a database that is away is exit 4; data goes to stdout by the command itself. Told to stop
 * (Ctrl-C), it lets what holds the database come to its end and leaves no PostgreSQL running; told twice, it ends at once.
 */
export async function withOperator(act: (deps: FeatureDeps) => Promise<ExitCode>): Promise<void> {
  const wish = hearStop();
  let isStopped = false;
  const stopped = wish.told.then(() => {
    isStopped = true;
    say('Stopping: what has begun in the database comes to its end first. Press again to end at once.');
    return EXIT.stopped;
  });
  try {
    const opened = await openOperator(process.env);
    try {
      process.exitCode = isStopped ? EXIT.stopped : await Promise.race([stopped, act(opened.deps)]);
    } finally {
      await opened.close();
    }
  } catch (cause) {
    process.exitCode = explain(cause);
  }
  // A command that still waits for something else (typed input, a poll) is not waited for.
  if (isStopped) process.exit();
}

/** Says on stderr what went wrong, and answers the exit code that fits. */
export function explain(cause: unknown): ExitCode {
  if (cause instanceof Problem) {
    say(cause.message);
    // A refused request names its faults in its own sentence already.
    for (const fault of cause.details.faults ?? [])
      if (!cause.message.includes(`${fault.at}: ${fault.message}`))
        say(`  ${fault.at}: ${fault.message}${fault.rule ? ` (${fault.rule})` : ''}`);
    return EXIT.refused;
  }
  if (cause instanceof ConfigFault) {
    say(cause.message);
    return EXIT.wrongUsage;
  }
  if (isDatabaseAway(cause)) {
    const why = cause instanceof Error ? cause.message : String(cause);
    say(
      why.startsWith('The database at ')
        ? why
        : `The database can't be reached: ${why}. Check DATABASE_URL or CAUSEWAY_DATA.`,
    );
    return EXIT.unreachable;
  }
  say(
    cause instanceof Error
      ? process.env.CAUSEWAY_LOG_LEVEL === 'debug'
        ? String(cause.stack)
        : cause.message
      : String(cause),
  );
  return EXIT.refused;
}

/** Reads a secret from stdin: never from an argument, which other users of the machine can see. */
export async function readSecret(): Promise<string> {
  if (process.stdin.isTTY) say('Type the value, then Ctrl-D:');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** A table in plain text, right-aligned where every cell of a column is a number or an amount. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[-$]?[\d,.]*$/.test(row[column] ?? '')),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}
