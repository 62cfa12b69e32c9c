import pino from 'pino';
import { Secret, secretMark } from './secrets.ts';

/** How deep and how wide a logged object is looked through; what lies beyond is cut, never printed unseen. */
const DEPTH_MAX = 8;
const ENTRIES_MAX = 200;
/** Lines waiting for a slow or full disk beyond this are dropped: the money path does not wait for its log. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;

/** Lines are written together: when there is this much of them, when this time has passed, and when the program ends. */
const WRITTEN_BYTES_MIN = 4_096;
const WRITTEN_AFTER_MS = 100;
const JUDGED_NAMES_MAX = 1_000;

export type Log = pino.Logger;

/**
 * The one way to log: JSON lines (so CR and LF in a value cannot forge a line), with secrets hidden by type (`Secret`)
 * and, as a second fence, by key name. A line that cannot be written is dropped: logging never throws into its caller.
 */
export function createLog(options: { level: string; pretty?: boolean; destination?: pino.DestinationStream }): Log {
  const raw = options.destination ?? standardOutput();
  const destination: pino.DestinationStream = {
    write(line) {
      try {
        raw.write(options.pretty === true ? prettyLine(line) : line);
      } catch {
        // The log has nowhere else to complain to, and its caller may be in the middle of a payment.
      }
    },
  };
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: isoTimeOncePerMs(),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => hideSecrets(fields),
      },
      // Errors are already plain objects by then; pino's own serializer would call each of them an `Object`.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          try {
            method.apply(this, args);
          } catch {
            // A getter or toJSON of a logged value threw; see above.
          }
        },
      },
    },
    destination,
  );
  return hidingInChildren(log);
}

/** The time as pino writes it, printed anew when the millisecond has changed: under load many lines share one. */
function isoTimeOncePerMs(): () => string {
  let printedMs = Number.NaN;
  let printed = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== printedMs) printed = `,"time":"${new Date(nowMs).toISOString()}"`;
    printedMs = nowMs;
    return printed;
  };
}

/** pino formats only the fields of a call, not the bindings of a child; children's children inherit this. */
function hidingInChildren(log: Log): Log {
  const { child } = log;
  return Object.assign(log, {
    child(this: Log, bindings: object, options?: pino.ChildLoggerOptions): Log {
      return Reflect.apply<Log, [pino.Bindings, pino.ChildLoggerOptions | undefined], Log>(child, this, [
        hideSecrets(bindings),
        options,
      ]);
    },
  });
}

function standardOutput(): pino.DestinationStream {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    maxLength: WAITING_BYTES_MAX,
    minLength: WRITTEN_BYTES_MIN,
    periodicFlush: WRITTEN_AFTER_MS,
  });
  // Without a listener a closed pipe or a full disk would end the process.
  destination.on('error', () => {});
  return destination;
}

const secretNames = new Set(
  [
    ['authorization', 'proxyauthorization', 'cookie', 'cookies', 'setcookie'],
    ['password', 'passphrase', 'secret', 'clientsecret', 'token', 'accesstoken', 'refreshtoken', 'csrftoken'],
    ['key', 'apikey', 'privatekey', 'masterkey', 'datakey'],
  ].flat(),
);

/** Names judged before: the program logs the same few over and over. */
const judgedNames = new Map<string, boolean>();

function isSecretName(name: string): boolean {
  const judged = judgedNames.get(name);
  if (judged !== undefined) return judged;
  const isSecret = secretNames.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
  if (judgedNames.size < JUDGED_NAMES_MAX) judgedNames.set(name, isSecret);
  return isSecret;
}

/** A copy of what is logged with secrets replaced; errors keep their type, message, stack and cause. */
function hideSecrets(fields: object): Record<string, unknown> {
  try {
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, hideIn(name, value, 0)]));
  } catch (cause) {
    return { notLogged: cause instanceof Error ? cause.message : 'a value could not be read' };
  }
}

function hideIn(name: string, value: unknown, depth: number): unknown {
  if (value instanceof Secret) return secretMark;
  if (value === null || value === undefined) return value;
  if (isSecretName(name)) return secretMark;
  if (typeof value !== 'object') return value;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map((entry) => hideIn('', entry, depth + 1));
  if (value instanceof Error) return hideInError(value, depth);
  if ('toJSON' in value && typeof value.toJSON === 'function') return hideIn('', value.toJSON(), depth + 1);
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, ENTRIES_MAX)
      .map(([key, entry]) => [key, hideIn(key, entry, depth + 1)]),
  );
}

function hideInError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...Object.fromEntries(Object.entries(error).map(([key, entry]) => [key, hideIn(key, entry, depth + 1)])),
    ...(error.cause === undefined ? {} : { cause: hideIn('cause', error.cause, depth + 1) }),
  };
}

/** One short line for a person at a terminal; control characters are shown escaped, as in JSON. */
function prettyLine(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const message = msg === undefined ? '' : JSON.stringify(msg).slice(1, -1);
  return `${[clock, String(level).toUpperCase().padEnd(5), message, ...fields].join(' ')}\n`;
}
