// Says how an answer reads while it is written. Without this the page says it when the form comes
// back. What is typed goes to our own server, which keeps nothing of it.
const form = document.querySelector("form[data-measure]");
const look = document.getElementById("look");
let waiting;
let asked = 0;

async function measure() {
  const mine = ++asked;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.measure, { method: "POST", body });
    const said = await answer.text();
    // A later one may have been asked meanwhile; the same again is not read out again.
    if (answer.ok && mine === asked && look.innerHTML.trim() !== said.trim()) look.innerHTML = said;
  } catch {
    // Away for a moment: what was said last stands, and the form says it again when it is posted.
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(measure, 700);
});
