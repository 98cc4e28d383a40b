// An invitation's secret stands behind the # of its link and never reaches us by itself.
// Read it, take it out of the address, and post it.
// Where it lets somebody in; where it says something about them, they press the button.
const secret = document.getElementById("secret");
const form = document.getElementById("turn");

function open() {
  const read = location.hash.slice(1);
  if (!read) return;
  history.replaceState(null, "", location.pathname);
  secret.value = read;
  if (form.getAttribute("action") === "/i/") form.requestSubmit();
}

// Who types a code means the code.
document.getElementById("code").addEventListener("input", () => (secret.value = ""));
window.addEventListener("hashchange", open); // the link was opened while this page was there
open();
