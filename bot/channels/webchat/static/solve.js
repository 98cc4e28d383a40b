// A proof of work (ALTCHA, version 2), where many wrong codes came from this address: find a counter
// whose derived key begins as the challenge says, then post the code again. Where this can't run,
// the page says from when on the code is looked at, and nothing else is needed.
const field = document.getElementById("solution");
const says = document.getElementById("wait");
const form = document.getElementById("turn");

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive({ nonce, salt, cost, keyLength }, counter) {
  const start = bytes(nonce);
  const password = new Uint8Array(start.length + 4);
  password.set(start);
  new DataView(password.buffer).setUint32(start.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  return hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
}

async function solve(challenge) {
  const { parameters } = challenge;
  if (parameters.algorithm !== "PBKDF2/SHA-256") throw new Error("another algorithm");
  for (let counter = 0; ; counter += 1) {
    const derivedKey = await derive(parameters, counter);
    if (derivedKey.startsWith(parameters.keyPrefix)) return { challenge, solution: { counter, derivedKey } };
  }
}

async function go() {
  const time = says.textContent;
  says.textContent = says.dataset.busy;
  try {
    field.value = btoa(JSON.stringify(await solve(JSON.parse(field.dataset.challenge))));
    form.requestSubmit();
  } catch {
    says.textContent = time; // no WebCrypto here: the wait it is
  }
}

if (!field.value) go(); // a page that comes back from the browser's memory has been here before
