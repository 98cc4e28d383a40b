// An invitation's secret stands behind the # of its link and never reaches us by itself.
// Read it, take it out of the address, and post it.
const secret = document.getElementById("secret");

function open() {
  const read = location.hash.slice(1);
  if (!read) return;
  history.replaceState(null, "", location.pathname);
  secret.value = read;
  document.getElementById("turn").requestSubmit();
}

// Who types a code means the code.
document.getElementById("code").addEventListener("input", () => (secret.value = ""));
window.addEventListener("hashchange", open); // the link was opened while this page was there
open();
