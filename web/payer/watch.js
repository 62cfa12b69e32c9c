// On a page that waits for an answer: asks for the same page again, and shows what changed. Without scripts the page has
// its "Check now" link. Stops after ten minutes, and when there is nothing left to wait for.
const EVERY_MS = 3000;
const TIMES_MAX = 200;
let times = 0;
const timer = setInterval(() => void look(), EVERY_MS);

async function look() {
  times += 1;
  if (times > TIMES_MAX) clearInterval(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const [now, then] = [document.querySelector('main'), next.querySelector('main')];
    if (!now || !then) return;
    if (now.innerHTML !== then.innerHTML) {
      now.replaceChildren(...then.childNodes);
      document.title = next.title;
    }
    if (!next.querySelector('script[src$="watch.js"]')) clearInterval(timer);
  } catch {
    // The network is away for a moment; the next turn asks again.
  }
}
