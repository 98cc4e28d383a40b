// Passkeys need a script: only it can ask the browser for one. Everything else at the desk works
// without. The forms are hidden until here; what the browser answers is posted like any form.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** The options, with bytes where the browser wants bytes. */
function asked(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    for (const one of options[list] ?? []) one.id = toBytes(one.id);
  }
  return options;
}

/** What the browser answered, as the server reads it. */
function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });
}

async function ask(form) {
  const says = form.querySelector("[data-passkey-says]");
  says.textContent = "";
  try {
    const got = await fetch(form.dataset.options, {
      method: "POST",
      body: new URLSearchParams({ token: form.elements.token.value }),
    });
    if (!got.ok) throw new Error(`HTTP ${got.status}`);
    const publicKey = asked(await got.json());
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.passkey.value = answered(credential);
    form.submit();
  } catch (error) {
    says.textContent =
      error instanceof DOMException
        ? "The browser did not give a passkey. Try again, or use another way."
        : "That did not work just now. Load the page again, or use another way.";
  }
}

if (window.PublicKeyCredential) {
  for (const hidden of document.querySelectorAll(".app-passkey, .app-passkey-only")) hidden.hidden = false;
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
}
