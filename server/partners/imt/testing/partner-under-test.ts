import type { AddressInfo } from 'node:net';
import net from 'node:net';
import type {
  Partner,
  PartnerConnection,
  PartnerOperation,
  PaymentPosting,
} from '../../../features/billers/partner.ts';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import { createEgress } from '../../../platform/egress.ts';
import { createLog } from '../../../platform/log.ts';
import { systemTimers } from '../../../platform/timers.ts';
import type { ImtParts } from '../partner.ts';
import { MIPS_APPS, type SystemUnderTest } from './systems.ts';

let nextBid = 5000;

/** The partner over real sockets, with a connection maker; each maker is a biller of its own, so breakers are not shared. */
export function partnerUnderTest(
  limits: NonNullable<ImtParts['limits']> = {},
  clock: Clock = systemClock,
  system: SystemUnderTest = MIPS_APPS,
): {
  partner: Partner;
  connect: (
    to: { url: string; authUrl: string },
    operation: PartnerOperation,
    login?: { username?: string; password?: string; privateKey?: string },
  ) => PartnerConnection;
  close: () => Promise<void>;
} {
  const log = createLog({ level: 'silent' });
  const egress = createEgress({ clock, timers: systemTimers, allowPrivate: true, log });
  const partner = system.create({ egress, clock, timers: systemTimers, log, limits });
  const bid = nextBid++;
  return {
    partner,
    connect: (
      { url, authUrl },
      operation,
      { username = 'causeway', password = 'sandbox-password', privateKey } = {},
    ) => ({
      bid,
      partner: partner.name,
      operation,
      environment: 1,
      url,
      authUrl: partner.abilities.hasSeparateSignIn ? authUrl : undefined,
      username,
      credentials: { password: () => password, privateKey: () => privateKey ?? system.privateKey },
      maxConcurrent: 8,
    }),
    close: async () => {
      await partner.close();
      await egress.close();
    },
  };
}

export function posting(accountNumber: string, transactionId: string, amountCents = 5_000): PaymentPosting {
  return {
    accountNumber,
    method: 'CC',
    amountCents,
    feeCents: 0,
    transactionId,
    paymentMessage: 'APPROVED-1',
    customerName: 'SANDY SENTINEL',
    address1: '1 Main St',
    address2: '',
    city: 'Ames',
    state: 'IA',
    zip: '50010',
    phone: '',
    email: '',
  };
}

/** A partner made of bytes: signs in properly (unless told not to), and answers everything else with what `answer` gives, raw. */
export async function rawPartner(
  answer: (head: string, socket: net.Socket) => string | Buffer | null,
  { signsIn = true }: { signsIn?: boolean } = {},
): Promise<{ url: string; authUrl: string; requests: string[]; close: () => Promise<void> }> {
  const requests: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      const end = seen.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(seen)?.[1] ?? 0);
      if (end < 0 || seen.length < end + 4 + length) return;
      const head = seen;
      seen = '';
      requests.push(head.split('\r\n', 1)[0] ?? '');
      if (signsIn && /^(POST|DELETE) (\/api)?\/sessions\//.test(head)) {
        socket.write('HTTP/1.1 200 OK\r\nset-cookie: sessionid=abc12345\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const bytes = answer(head, socket);
      if (bytes !== null) socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/api/`,
    authUrl: `${origin}/sessions/`,
    requests,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A whole answer as bytes. */
export function rawAnswer(status: number, body: string, headers: Record<string, string> = {}): string {
  const all = {
    'content-type': 'application/vnd.api+json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} Said\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
