import net from 'node:net';

/** A TCP port in front of a server, whose connections can be made to go silent as a broken network makes them. */
export interface FaultProxy {
  readonly port: number;
  /** From now on nothing passes on the connections there are, in either direction, and neither end is told. New ones work. */
  blackhole(): void;
  /** Connections gone silent that their client has not given up yet. */
  waiting(): number;
  close(): Promise<void>;
}

/** Listens on a port of its own on this machine and passes everything on to `target`. */
export async function openFaultProxy(target: net.NetConnectOpts): Promise<FaultProxy> {
  const passing = new Set<{ client: net.Socket; server: net.Socket }>();
  const silent = new Set<net.Socket>();
  const listener = net.createServer((client) => {
    const pair = { client, server: net.connect(target) };
    passing.add(pair);
    for (const socket of [pair.client, pair.server]) socket.on('error', () => undefined);
    client.on('close', () => {
      passing.delete(pair);
      silent.delete(client);
      pair.server.destroy();
    });
    pair.server.on('close', () => {
      if (!silent.has(client)) client.destroy();
    });
    client.pipe(pair.server).pipe(client);
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    blackhole: () => {
      for (const { client, server } of passing) {
        client.unpipe(server);
        server.unpipe(client);
        // Read on and dropped: the sender's system believes that it arrived, as with a middle box that forgot the line.
        client.resume();
        server.resume();
        silent.add(client);
      }
      passing.clear();
    },
    waiting: () => silent.size,
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const { client } of passing) client.destroy();
      for (const client of silent) client.destroy();
      await closed;
    },
  };
}
