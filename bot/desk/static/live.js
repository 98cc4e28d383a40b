// A page that tells how far something is looks again by itself, and keeps still where nothing
// changed. Without script the browser loads it anew (`<noscript>` in its head).
const EVERY = 2000;

async function look() {
  const live = document.querySelector('[data-live]');
  if (!live) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('#main-content');
      const here = document.querySelector('#main-content');
      if (fresh && here && fresh.innerHTML !== here.innerHTML) {
        here.replaceChildren(...fresh.childNodes);
        document.title = page.title;
      }
    }
  } catch {
    // No connection: it looks again.
  }
  setTimeout(look, EVERY);
}
setTimeout(look, EVERY);
