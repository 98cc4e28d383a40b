// An invitation's secret stands behind the # of its link and never reaches us by itself.
// Read it, take it out of the address, and post it.
function open() {
  const secret = location.hash.slice(1);
  if (!secret) return;
  history.replaceState(null, "", location.pathname);
  document.getElementById("secret").value = secret;
  document.getElementById("turn").requestSubmit();
}
window.addEventListener("hashchange", open); // the link was opened while this page was there
open();
