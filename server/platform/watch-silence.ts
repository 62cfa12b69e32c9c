import type net from 'node:net';
import type pg from 'pg';

/** The server was asked and said nothing for so long that the connection is taken for dead. */
export class DatabaseSilent extends Error {
  constructor(silentMs: number) {
    super(`The database has not answered for ${silentMs / 1000} seconds; the connection is given up.`);
    this.name = 'DatabaseSilent';
  }
}

/**
 * Ends a connection whose other end is gone without a word (a cable, a firewall that forgot it, a host that vanished):
 * TCP alone would wait for a quarter of an hour. Whatever waits for an answer then fails with `DatabaseSilent`. A connection
 * that is idle, or only listens, is asked something now and then, so that it is found dead too. `silentMs` must be longer
 * than any statement may take.
 */
export function watchSilence(client: pg.ClientBase, silentMs: number): void {
  const { stream } = (client as unknown as { connection: { stream: net.Socket } }).connection;
  let writtenAtAnswer = stream.bytesWritten;
  let isAsked = false;
  // Before pg's own listener, which may write the next statement while it reads the answer to the last.
  stream.prependListener('data', () => {
    writtenAtAnswer = stream.bytesWritten;
    isAsked = false;
  });
  const judge = (): void => {
    if (isAsked || stream.bytesWritten !== writtenAtAnswer) {
      stream.destroy(new DatabaseSilent(silentMs));
      return;
    }
    isAsked = true;
    // Begun anew by hand: behind a statement under way the question is not written yet.
    stream.setTimeout(silentMs);
    client.query('select 1').catch(() => undefined);
  };
  stream.on('timeout', () => {
    const readBefore = stream.bytesRead;
    // Where this process itself stood still, the answer has come and is only not read yet.
    setImmediate(() => {
      if (!stream.destroyed && stream.bytesRead === readBefore) judge();
    });
  });
  stream.setTimeout(silentMs);
}
