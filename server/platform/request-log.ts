import type { FastifyBaseLogger } from 'fastify';

type Act = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * The log of one request, with its id in each line. Most requests write none through it, and a child of the log costs
 * more than routing the request does: it is made with the first line.
 */
export function requestLog(make: () => FastifyBaseLogger, level: string): FastifyBaseLogger {
  return new RequestLog(make, level) as unknown as FastifyBaseLogger;
}

class RequestLog {
  readonly #make: () => FastifyBaseLogger;
  #made: FastifyBaseLogger | undefined;
  level: string;

  constructor(make: () => FastifyBaseLogger, level: string) {
    this.#make = make;
    this.level = level;
  }

  fatal(...line: Parameters<FastifyBaseLogger[Act]>): void {
    this.#log().fatal(...line);
  }
  error(...line: Parameters<FastifyBaseLogger[Act]>): void {
    this.#log().error(...line);
  }
  warn(...line: Parameters<FastifyBaseLogger[Act]>): void {
    this.#log().warn(...line);
  }
  info(...line: Parameters<FastifyBaseLogger[Act]>): void {
    this.#log().info(...line);
  }
  debug(...line: Parameters<FastifyBaseLogger[Act]>): void {
    this.#log().debug(...line);
  }
  trace(...line: Parameters<FastifyBaseLogger[Act]>): void {
    this.#log().trace(...line);
  }
  silent(): void {}

  child(...of: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#log().child(...of);
  }

  #log(): FastifyBaseLogger {
    this.#made ??= this.#make();
    return this.#made;
  }
}
