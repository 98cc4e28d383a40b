// The chat without reloading the page. Without this file everything works as plain forms.
// Words live in this page's memory only: no storage, no cache, no worker.

const WAITS = [1000, 2000, 4000, 8000, 15000];
const LONGEST_WAIT = 20000; // for an answer, before the connection counts as lost
const LONGEST_UPLOAD = 180000;
const AWAY = [502, 503, 504];

let sending = false;
let afterwards = null; // Help or Stop, pressed while something was still being sent
let hurry = () => {}; // ends the wait before the next try

const one = (selector, within = document) => within.querySelector(selector);
const form = () => document.getElementById("turn");
const log = (page = document) => one("[role=log]", page);

// The log stays where it is, so that a screen reader says what is new in it; the heading is left
// out there (aria-live="off") and said by moving the focus to it.
function show(page) {
  const next = one("main", page);
  const now = one("main");
  document.title = page.title;
  document.documentElement.dataset.band = page.documentElement.dataset.band;
  for (const { name } of [...now.attributes]) now.removeAttribute(name);
  for (const { name, value } of next.attributes) now.setAttribute(name, value);
  one("header.top").replaceWith(one("header.top", page));
  log().replaceChildren(...log(page).childNodes);
  form().replaceWith(page.getElementById("turn"));
  one("nav.ways").replaceWith(one("nav.ways", page));
  window.scrollTo(0, 0);
  unhide();
  focus(one("[aria-invalid]") || document.getElementById("why") || document.getElementById("asked"));
}

function focus(element) {
  if (!element) return;
  if (!element.matches("textarea, input")) element.tabIndex = -1;
  element.focus({ preventScroll: element.matches("h1") });
}

const text = (id) => document.getElementById(id)?.content.textContent.trim() ?? "";

// Saying that it is being kept; gives back how to unsay it.
function saying(button) {
  const label = button?.matches(".do") ? button : one("span:last-of-type", button ?? form());
  if (!button?.matches(".do, .pick")) return () => {};
  const before = label.innerHTML;
  if (button.matches(".do")) button.style.minWidth = `${button.offsetWidth}px`;
  const timer = setTimeout(() => (label.textContent = text("saving")), button.matches(".do") ? 0 : 300);
  return () => {
    clearTimeout(timer);
    label.innerHTML = before;
  };
}

function banner(content) {
  one(".net-lost")?.remove();
  if (!content) return;
  const shown = document.createElement("div");
  shown.className = "net-lost";
  shown.setAttribute("role", "alert");
  form().prepend(shown);
  shown.append(content); // after it is in the page, so that it is said
}

const pause = (milliseconds) =>
  new Promise((go) => {
    const on = () => {
      clearTimeout(timer);
      window.removeEventListener("online", on);
      go();
    };
    const timer = setTimeout(on, milliseconds);
    window.addEventListener("online", on);
    hurry = on;
  });

const freeze = (on) => document.querySelectorAll("textarea").forEach((box) => (box.readOnly = on));

// Post until it has been kept. What is in the box is read anew each time: it may have grown
// meanwhile. The same post again changes nothing: its turn tells it.
async function post(read, lost, to, wait) {
  for (let attempt = 0; ; attempt += 1) {
    freeze(true);
    try {
      const answer = await fetch(to, {
        method: "POST",
        body: read(),
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout?.(wait),
      });
      if (!AWAY.includes(answer.status)) return { answer, html: await answer.text() };
    } catch {
      // No connection: said below, and tried again.
    } finally {
      freeze(false);
    }
    lost();
    if (!one(".net-lost")) banner(document.getElementById("net-lost").content.cloneNode(true));
    await pause(WAITS[Math.min(attempt, WAITS.length - 1)]);
  }
}

async function send(sent, button) {
  sending = true;
  sent.setAttribute("aria-busy", "true");
  const unsay = saying(button);
  const files = button?.hasAttribute("formaction") ?? false;
  const { answer, html } = await post(() => {
    const body = new FormData(sent);
    if (button?.name) body.append(button.name, button.value);
    if (files) return body;
    // A file goes by its own button alone: here its name would travel, and nothing of it.
    return new URLSearchParams([...body].filter(([, value]) => typeof value === "string"));
  }, unsay, files ? button.getAttribute("formaction") : "/chat", files ? LONGEST_UPLOAD : LONGEST_WAIT);
  sending = false;
  unsay();
  banner(null);
  sent.removeAttribute("aria-busy");
  arrived(answer, html);
  const way = afterwards;
  afterwards = null;
  if (way) form().requestSubmit(one(`button[name=command][value=${way}]`));
}

function arrived(answer, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const typed = [...document.querySelectorAll("textarea")].some((box) => box.value.trim());
  const holds = page.getElementById("turn") && log(page) && ["/chat", "/chat/attach"].includes(new URL(answer.url).pathname);
  if (answer.ok || !typed || (holds && one("textarea", page))) {
    if (holds) show(page);
    else location.assign(answer.url);
    return;
  }
  // That page does not hold what was typed, so the words stay here, with what it says.
  const why = document.createElement("p");
  why.className = "why";
  why.textContent = log(page)?.textContent.trim().replace(/\s+/g, " ") || text("net-lost");
  banner(why);
}

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent.id === "leave") return leave(event);
  if (sent.id !== "turn" || sent.getAttribute("action") !== "/chat") return;
  event.preventDefault();
  const button = event.submitter;
  if (!sending) return send(sent, keeps(sent, button));
  if (button?.name === "command" && ["help", "stop"].includes(button.value)) afterwards = button.value;
  hurry();
});

// Whoever has chosen a file and presses *Keep this answer* means both.
function keeps(sent, button) {
  if (button && (button.name || button.hasAttribute("formaction"))) return button;
  const chosen = [...sent.querySelectorAll("input[type=file]")].find((field) => field.files.length);
  return chosen ? one("button[formaction]", chosen.closest(".showing")) : button;
}

// Drawing needs the script; without it there is nothing to draw on.
const unhide = () => document.querySelectorAll(".showing[hidden]").forEach((part) => (part.hidden = false));
unhide();
document.addEventListener(
  "toggle",
  async ({ target }) => {
    if (target.open && target.matches(".showing")) (await import("./show.js")).open(target);
  },
  true, // it does not bubble
);

// A tick that stands alone takes the others out, and any other takes it out. The engine keeps the
// same rule for pages without script; here it is seen, and said.
document.addEventListener("change", ({ target }) => {
  if (!target.matches(".ticks input") || !target.checked) return;
  const others = [...target.closest(".ticks").querySelectorAll("input:checked")].filter(
    (other) => other !== target && ("alone" in target.dataset || "alone" in other.dataset),
  );
  for (const other of others) other.checked = false;
  const said = target.dataset.alone ?? others[0]?.dataset.taken ?? "";
  document.getElementById("ticked-now").textContent = others.length ? said : "";
});

// Leave: the words go first, then the page; Back finds nothing.
function leave(event) {
  event.preventDefault();
  const to = event.target.dataset.leaveTo;
  document.body.replaceChildren();
  document.title = "";
  // "beacon": nothing is to be read of the answer, so that it sends nowhere.
  navigator.sendBeacon("/chat", new URLSearchParams({ command: "leave", beacon: "1" }));
  location.replace(to);
}

// A page that comes back from the browser's memory must not bring words with it.
window.addEventListener("pagehide", () => document.body.replaceChildren());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
