import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

const BODY_CHARS_MAX = 20_000;

/** All the spellings in which a clumsy or hostile system may give back what it was sent. */
function echoesOf(text: string): string {
  const bytes = Buffer.from(text);
  return [
    text,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(text),
    JSON.stringify(text),
  ].join(' ~ ');
}

/**
 * A partner (and a processor) that tells everything it hears: logins of users named `bad…` are refused with the password
 * in the error, the others get a cookie; every later answer repeats the cookie, the authorization and the body.
 */
export async function startHostilePartner(from: { cookie: string }): Promise<{
  url: string;
  heard: () => number;
  close: () => Promise<void>;
}> {
  let heard = 0;
  const server = http.createServer((request, response) => {
    heard += 1;
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      if (body.length < BODY_CHARS_MAX) body += chunk;
    });
    request.on('end', () => answer(request, response, { body, cookie: from.cookie }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    heard: () => heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  from: { body: string; cookie: string },
): void {
  const { cookie = '', authorization = '' } = request.headers;
  const told = [cookie.replace(/^[^=]*=/, ''), authorization.replace(/^\w+ /, ''), cookie, authorization].filter(
    (text) => text !== '',
  );
  const echo = told.map(echoesOf).join(' | ');
  const refuse = (status: number, detail: string) => {
    response.writeHead(status, { 'content-type': 'application/vnd.api+json' });
    response.end(
      JSON.stringify({
        errors: [
          { status: String(status), title: 'No', detail: detail.slice(0, 450) },
          ...told.flatMap((text) =>
            echoesOf(text)
              .split(' ~ ')
              .map((each) => ({ detail: each.slice(0, 450), code: each.slice(0, 200) })),
          ),
        ],
      }),
    );
  };
  if (request.url?.includes('/sessions/') && request.method === 'POST') {
    const { username, password } = JSON.parse(from.body).data.attributes as { username: string; password: string };
    if (username.startsWith('bad')) {
      refuse(401, `The login ${username} with ${echoesOf(password)} is wrong`);
      return;
    }
    response.writeHead(201, {
      'set-cookie': `sid=${from.cookie}; Path=/; HttpOnly`,
      'content-type': 'application/vnd.api+json',
    });
    response.end('{"data":null}');
    return;
  }
  if (request.url?.includes('payments-due') && !request.url.includes('REFUSED')) {
    const policy = decodeURIComponent(/policy_number(?:%5D|\])=([^&]+)/i.exec(request.url)?.[1] ?? '');
    const attributes = {
      policy_number: policy,
      current_due: '128.40',
      debug: echo,
      'x-cookie': cookie,
      trail: told,
      last_update_time: cookie,
      payment_types: ['CC', 'ACH', from.cookie],
    };
    response.writeHead(200, { 'content-type': 'application/vnd.api+json' });
    response.end(JSON.stringify({ data: [{ id: '1', type: 'payments-due', attributes }] }));
    return;
  }
  refuse(request.url?.includes('pdf') ? 403 : 422, `I was sent ${echo}`);
}

/** A mail server that refuses every login and says what it was told. */
export async function startHostileMailServer(): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('220 hostile ESMTP\r\n');
    socket.on('data', (chunk) => {
      const line = chunk.toString('latin1').trim();
      if (/^EHLO/i.test(line)) socket.write('250-hostile\r\n250 AUTH PLAIN LOGIN\r\n');
      else if (/^AUTH PLAIN/i.test(line)) {
        const sent = line.split(' ')[2] ?? '';
        socket.write(
          `535 5.7.8 wrong: ${sent} ${Buffer.from(sent, 'base64').toString('latin1').replaceAll('\0', ' ')}\r\n`,
        );
      } else socket.write('221 bye\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
