// Node's own WebSocket, the same interface as in browsers. run.sh asks for it where Node still hides it.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as gateway from "../lib/gateway.mjs";
import { checksum, MiB, payload } from "../lib/payload.mjs";
import { until } from "../lib/until.mjs";

const skip = typeof WebSocket === "undefined" && `Node ${process.version} has no WebSocket of its own`;

const heard = (target, name) => new Promise((done) => target.addEventListener(name, done, { once: true }));

// connect resolves with an open socket, or rejects when the handshake fails.
function connect(url, protocols) {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  return new Promise((opened, failed) => {
    socket.addEventListener("open", () => opened(socket), { once: true });
    for (const end of ["close", "error"]) socket.addEventListener(end, () => failed(new Error("not opened")), { once: true });
  });
}

for (const base of [gateway.ws, gateway.wss]) {
  const scheme = new URL(base).protocol.slice(0, -1);
  test(`an echo of 1 MiB over ${scheme}`, { skip }, async () => {
    const socket = await connect(`${base}/echo`, ["nope", "echo"]);
    assert.equal(socket.protocol, "echo");
    const parts = [];
    let size = 0;
    socket.addEventListener("message", ({ data }) => { parts.push(Buffer.from(data)); size += data.byteLength; });
    const sent = payload(1 * MiB);
    socket.send(sent);
    await until("the echo", () => size >= sent.length);
    assert.equal(checksum(Buffer.concat(parts)), checksum(sent));
    const end = heard(socket, "close");
    socket.close(4001, "seen enough");
    const { code, wasClean } = await end;
    assert.equal(code, 4001);
    assert.equal(wasClean, true);
  });
}

test("text in lines, both ways", { skip }, async () => {
  const socket = await connect(`${gateway.ws}/lines`, "lines");
  const line = heard(socket, "message");
  socket.send("Grüße");
  assert.equal((await line).data, "Grüße");
  const end = heard(socket, "close");
  socket.close();
  assert.equal((await end).wasClean, true);
});

test("a subprotocol that is not served", { skip }, async () => {
  await assert.rejects(connect(`${gateway.ws}/echo`, "nope"), /not opened/);
});
