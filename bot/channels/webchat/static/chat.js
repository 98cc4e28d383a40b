// The chat without reloading the page. Without this file everything works as plain forms.
// Words live in this page's memory only: no storage, no cache, no worker.

const WAITS = [1000, 2000, 4000, 8000, 15000];
let sending = false;

const main = () => document.querySelector("main");
const form = () => document.getElementById("turn");

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.querySelector("main");
  if (!next || !page.getElementById("turn")) return false;
  const root = document.documentElement;
  root.dataset.band = page.documentElement.dataset.band;
  document.title = page.title;
  document.querySelector("header.top").replaceWith(page.querySelector("header.top"));
  main().replaceWith(next);
  window.scrollTo(0, 0);
  // Moving the focus to the question makes a screen reader say it, once.
  const asked = document.getElementById("why") || document.getElementById("asked");
  if (asked) {
    asked.tabIndex = -1;
    asked.focus({ preventScroll: true });
  }
  return true;
}

function busy(on, button) {
  sending = on;
  form()?.setAttribute("aria-busy", String(on));
  const saving = document.getElementById("saving");
  if (on && button?.matches(".do") && saving) {
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = saving.content.textContent.trim();
  }
}

function lost(on) {
  const shown = document.querySelector(".net-lost");
  if (!on) return shown?.remove();
  if (shown) return;
  const banner = document.createElement("div");
  banner.className = "net-lost";
  banner.append(document.getElementById("net-lost").content.cloneNode(true));
  form().prepend(banner);
}

const pause = (milliseconds) =>
  new Promise((go) => {
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", () => (clearTimeout(timer), go()), { once: true });
  });

// Post until it has been kept. The same post again changes nothing: the turn tells it.
async function post(body) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await fetch("/chat", {
        method: "POST",
        body,
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        credentials: "same-origin",
        cache: "no-store",
      });
      if (answer.status < 500) return answer;
    } catch {
      // No connection: said below, and tried again.
    }
    lost(true);
    await pause(WAITS[Math.min(attempt, WAITS.length - 1)]);
  }
}

document.addEventListener("submit", async (event) => {
  const sent = event.target;
  if (sent.id === "leave") return leave(event);
  if (sent.id !== "turn") return;
  event.preventDefault();
  if (sending) return;
  const body = new URLSearchParams(new FormData(sent));
  const button = event.submitter;
  if (button?.name) body.append(button.name, button.value);
  busy(true, button);
  const answer = await post(body.toString());
  busy(false);
  lost(false);
  const html = await answer.text();
  if (!answer.url.startsWith(location.origin) || !show(html)) location.assign(answer.url);
});

// Leave: the words go first, then the page; Back finds nothing.
function leave(event) {
  event.preventDefault();
  const to = document.getElementById("leave").dataset.leaveTo;
  navigator.sendBeacon("/chat", new URLSearchParams({ command: "leave" }));
  document.body.replaceChildren();
  document.title = "";
  location.replace(to);
}

// A page that comes back from the browser's memory must not bring words with it.
window.addEventListener("pagehide", () => document.querySelectorAll("textarea").forEach((box) => (box.value = "")));
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
