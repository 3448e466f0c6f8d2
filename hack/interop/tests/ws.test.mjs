// The npm package ws, which can also break the rules.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import WebSocket from "ws";
import * as gateway from "../lib/gateway.mjs";
import { checksum, KiB, MiB, payload } from "../lib/payload.mjs";
import { patience, until } from "../lib/until.mjs";

const open = new Set();
after(() => open.forEach((socket) => socket.terminate()));

// dial begins a handshake.
function dial(path, protocols, options = {}, base = gateway.ws) {
  const socket = new WebSocket(base + path, protocols, options);
  open.add(socket);
  socket.once("close", () => open.delete(socket));
  return socket;
}

async function connect(...args) {
  const socket = dial(...args);
  await once(socket, "open");
  return socket;
}

// refusal resolves with the answer to a handshake that must not succeed.
async function refusal(path, protocols, options) {
  const socket = dial(path, protocols, options);
  return new Promise((refused, failed) => {
    socket.once("open", () => failed(new Error("the handshake succeeded")));
    socket.once("error", failed);
    socket.once("unexpected-response", async (request, response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      refused({ status: response.statusCode, body });
    });
  });
}

// collect joins all that arrives: a stream has no messages.
function collect(socket) {
  const parts = [];
  const all = { size: 0, bytes: () => Buffer.concat(parts), kinds: new Set() };
  socket.on("message", (data, binary) => {
    parts.push(data);
    all.size += data.length;
    all.kinds.add(binary ? "binary" : "text");
  });
  return all;
}

async function closed(socket) {
  const [code, reason] = await once(socket, "close", { signal: AbortSignal.timeout(patience) });
  return { code, reason: reason.toString() };
}

test("text and binary go to the service and come back as the route says", async () => {
  const socket = await connect("/echo", "echo");
  assert.equal(socket.protocol, "echo");
  assert.equal(socket.extensions, "", "no extension was negotiated");
  const back = collect(socket);
  socket.send("Grüße, 世界 ");
  socket.send(Buffer.from([0, 1, 254, 255]));
  const want = Buffer.concat([Buffer.from("Grüße, 世界 "), Buffer.from([0, 1, 254, 255])]);
  await until("the echo", () => back.size >= want.length);
  assert.deepEqual(back.bytes(), want);
  assert.deepEqual([...back.kinds], ["binary"]);
  socket.close();
});

test("framing Lines keeps messages, as text", async () => {
  const socket = await connect("/lines", "lines");
  const lines = [];
  socket.on("message", (data, binary) => lines.push([data.toString(), binary]));
  const want = ["one", "", "three and some more", "ü".repeat(40000)];
  for (const line of want) socket.send(line);
  await until("all lines", () => lines.length >= want.length);
  assert.deepEqual(lines, want.map((line) => [line, false]));
  socket.close();
});

test("framing Typed keeps messages and their types", async () => {
  const socket = await connect("/typed", "typed");
  const got = [];
  socket.on("message", (data, binary) => got.push([checksum(data), binary]));
  const want = [Buffer.from("text"), payload(0), payload(70 * KiB), Buffer.from("more text"), payload(125)];
  const binary = [false, true, true, false, true];
  want.forEach((message, i) => socket.send(message, { binary: binary[i] }));
  await until("all messages", () => got.length >= want.length);
  assert.deepEqual(got, want.map((message, i) => [checksum(message), binary[i]]));
  socket.close();
});

test("a fragmented message passes, with a ping between its fragments", async () => {
  const socket = await connect("/typed", "typed");
  const message = once(socket, "message");
  const pong = once(socket, "pong");
  socket.send("first, ", { fin: false });
  socket.ping("between");
  socket.send("second, ", { fin: false });
  socket.send("", { fin: false });
  socket.send("last", { fin: true });
  assert.equal((await pong)[0].toString(), "between");
  const [data, binary] = await message;
  assert.equal(data.toString(), "first, second, last");
  assert.equal(binary, false);
  socket.close();
});

for (const size of [1 * MiB, 16 * MiB]) {
  test(`${size / MiB} MiB in one message come back whole`, async () => {
    const socket = await connect("/echo", "echo");
    const back = collect(socket);
    const sent = payload(size);
    socket.send(sent);
    await until("the echo", () => back.size >= size);
    assert.equal(checksum(back.bytes()), checksum(sent));
    socket.close();
  });
}

for (const [code, reason] of [[1000, ""], [1000, "done"], [1001, "leaving"], [3000, "ours"], [4999, "private"]]) {
  test(`the client's Close with ${code} "${reason}" is answered and recorded`, async () => {
    const log = gateway.logFromHere();
    const socket = await connect("/echo", "echo");
    const from = `127.0.0.1:${socket._socket.localPort}`;
    socket.close(code, reason);
    assert.equal((await closed(socket)).code, code);
    const record = await log.ended("the session", (r) => r.client === from);
    assert.equal(record.cause, "client_close");
    assert.equal(record.code, code);
  });
}

test("the client's last bytes and the service's answer arrive before the Close", async () => {
  const socket = await connect("/echo", "echo");
  const back = collect(socket);
  const sent = payload(256 * KiB);
  socket.send(sent);
  socket.close(1000);
  assert.equal((await closed(socket)).code, 1000);
  assert.equal(checksum(back.bytes()), checksum(sent));
});

for (const [what, { path = "/echo", protocol = "echo", code, cause, send }] of Object.entries({
  "an unmasked frame": { code: 1002, cause: "protocol_error", send: (s) => s.send("bare", { mask: false }) },
  "text that is not UTF-8": { code: 1007, cause: "invalid_utf8", send: (s) => s.send(Buffer.from([0xc0, 0xaf]), { binary: false }) },
  "a message over the route's limit": {
    path: "/typed", protocol: "typed", code: 1009, cause: "message_too_big", send: (s) => s.send(payload(2 * MiB)),
  },
})) {
  test(`${what} ends the session with ${code} ${cause}`, async () => {
    const socket = await connect(path, protocol);
    socket.on("error", () => {}); // a reset behind the Close frame is no news
    const end = closed(socket);
    send(socket);
    const { code: got, reason } = await end;
    assert.equal(got, code);
    assert.match(reason, new RegExp(`^${cause}`));
  });
}

for (const [what, { path = "/echo", protocols, options, status, body = /./ }] of Object.entries({
  "only unknown subprotocols": { protocols: ["nope", "Echo"], status: 400, body: /nope/ },
  "no subprotocol where there is no fallback": { path: "/echo", protocols: [], status: 400 },
  "a path without a route": { path: "/nowhere", protocols: "echo", status: 404 },
  "a foreign origin": { protocols: "echo", options: { origin: "https://evil.example" }, status: 403 },
  "another version of the protocol": { protocols: "echo", options: { protocolVersion: 8 }, status: 426 },
  "a service that does not answer": { path: "/away", protocols: "away", status: 502 },
})) {
  test(`${what}: refused with ${status}`, async () => {
    const answer = await refusal(path, protocols, options);
    assert.equal(answer.status, status, answer.body);
    assert.match(answer.body, body);
  });
}

test("the first subprotocol of the client's that the route serves is chosen", async () => {
  const socket = await connect("/echo", ["nope", "echo"]);
  assert.equal(socket.protocol, "echo");
  socket.close();
});

test("the request's own origin is let in", async () => {
  const socket = await connect("/echo", "echo", { origin: gateway.page });
  socket.close();
});

test("wss with the gateway's authority", async () => {
  const socket = await connect("/echo", "echo", { ca: gateway.authority }, gateway.wss);
  assert.match(socket._socket.getProtocol(), /^TLSv1\.[23]$/);
  const back = collect(socket);
  const sent = payload(1 * MiB);
  socket.send(sent);
  await until("the echo", () => back.size >= sent.length);
  assert.equal(checksum(back.bytes()), checksum(sent));
  socket.close(1000);
  assert.equal((await closed(socket)).code, 1000);
});

test("wss without it", async () => {
  const socket = dial("/echo", "echo", { ca: [] }, gateway.wss);
  await assert.rejects(once(socket, "open"), /self-signed|unable to (get|verify)/);
});
