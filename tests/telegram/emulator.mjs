// Starts telegram-test-api on a free port of this machine, prints the port, ends with its parent.
import { createRequire } from "node:module";
import { createServer } from "node:net";

const TelegramServer = createRequire(import.meta.url)("telegram-test-api");
const probe = createServer();
await new Promise((done) => probe.listen(0, "127.0.0.1", done));
const { port } = probe.address();
await new Promise((done) => probe.close(done));
await new TelegramServer({ host: "127.0.0.1", port }).start();
console.log(port);
process.stdin.on("end", () => process.exit(0)).resume();
