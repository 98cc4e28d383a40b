// "/" goes to the search, as in most lists; not while somebody types.
addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-slash]");
  if (!search || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  search.focus();
});

// Everything works without this: it folds the menu on a phone, focuses the list of errors and
// stops a double tap. The page names GOV.UK Frontend's address, which changes with its content.
const { initAll } = await import(document.body.dataset.frontend);
initAll();

// How many lines are new, in words and a link: nothing moves under a finger.
const news = document.querySelector("[data-news]");
if (news && "EventSource" in window) {
  const source = new EventSource(news.dataset.news);
  source.addEventListener("message", (event) => {
    const count = Number(event.data);
    if (!count) return news.replaceChildren();
    const show = document.createElement("a");
    show.className = "govuk-link";
    show.href = location.pathname;
    show.textContent = `${count} new: show`;
    news.replaceChildren(show);
  });
  addEventListener("pagehide", () => source.close());
}
