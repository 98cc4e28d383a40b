// An invitation's secret stands behind the # of its link and never reaches us by itself.
// Read it, take it out of the address, and post it.
const secret = location.hash.slice(1);
if (secret) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("secret").value = secret;
  document.getElementById("turn").requestSubmit();
}
