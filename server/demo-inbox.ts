import { PUBLIC } from './platform/access.ts';
import type { App } from './platform/http.ts';
import type { Inbox } from './platform/mail.ts';
import { refuse } from './platform/problems.ts';

const LISTED_MAX = 50;

/** The demo's inbox page: what payers would get by email, read in the browser. Never registered by the product. */
export function registerDemoInbox(app: App, inbox: Inbox): void {
  app.get('/inbox', { config: { access: PUBLIC } }, async (_request, reply) => {
    const rows = inbox
      .list()
      .slice(0, LISTED_MAX)
      .map(
        (message) =>
          `<li><a href="/inbox/${encodeURIComponent(message.id)}"><strong>${inHtml(message.subject)}</strong><br><span>To ${inHtml(message.to.join(', '))} · ${inHtml(new Date(message.receivedAtMs).toUTCString())}</span></a></li>`,
      );
    const list =
      rows.length === 0
        ? '<p>No email yet. Pay a bill, and its receipt arrives here.</p>'
        : `<ul>${rows.join('')}</ul>`;
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .send(page('Inbox', `<h1>Inbox of the demo</h1>${list}`));
  });
  app.get<{ Params: { id: string } }>('/inbox/:id', { config: { access: PUBLIC } }, async (request, reply) => {
    const message = inbox.get(request.params.id);
    if (!message) throw refuse('not-found');
    const body = `<p><a href="/inbox">‹ Inbox</a></p><h1>${inHtml(message.subject)}</h1><p>To ${inHtml(message.to.join(', '))}<br>${inHtml(new Date(message.receivedAtMs).toUTCString())}</p><pre>${inHtml(message.text)}</pre>`;
    return reply.header('content-type', 'text/html; charset=utf-8').send(page(message.subject, body));
  });
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${inHtml(title)} – demo inbox</title><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#1b2733;background:#fff}ul{list-style:none;padding:0}li a{display:block;padding:.75rem 0;border-bottom:1px solid #d5dde5;color:inherit;text-decoration:none}li a:hover strong{text-decoration:underline}span{color:#51606e}pre{white-space:pre-wrap;font:inherit;border:1px solid #d5dde5;border-radius:.5rem;padding:1rem}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#10161c}span{color:#a9b7c4}a{color:#7cc0ff}}</style></head><body><main>${body}</main></body></html>`;
}

function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
