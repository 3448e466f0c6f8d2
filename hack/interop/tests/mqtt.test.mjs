// mqtt.js, as web pages use it, to Mosquitto's TCP port.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import mqtt from "mqtt";
import WebSocket from "ws";
import * as gateway from "../lib/gateway.mjs";
import { checksum, KiB, MiB, payload } from "../lib/payload.mjs";
import { until } from "../lib/until.mjs";

const url = `${gateway.ws}/mqtt`;
const open = new Set();
after(() => Promise.all([...open].map((client) => client.endAsync(true))));

let names = 0;

// connect resolves with a client that is connected to the broker, and its WebSocket.
async function connect(options = {}) {
  let socket;
  const client = await mqtt.connectAsync(url, {
    clientId: `interop-${process.pid}-${names++}`,
    reconnectPeriod: 0,
    createWebsocket: (address, protocols) => (socket = new WebSocket(address, protocols)),
    ...options,
  }, false);
  open.add(client);
  client.once("close", () => open.delete(client));
  return { client, socket };
}

// clientOf is how the access log tells one session of this process from another.
const clientOf = (socket) => `127.0.0.1:${socket._socket.localPort}`;

// inbox subscribes, and collects the checksums of what arrives.
async function inbox(client, topic) {
  const sums = [];
  client.on("message", (to, message) => { if (to === topic) sums.push(checksum(message)); });
  await client.subscribeAsync(topic, { qos: 1 });
  return sums;
}

test("messages of QoS 1 arrive once, whole and in order", async () => {
  const { client: publisher, socket } = await connect();
  const { client: subscriber } = await connect();
  assert.equal(socket.protocol, "mqtt");
  const received = await inbox(subscriber, "interop/qos1");
  const sizes = [0, 1, 125, 126, 127, 128, 1 * KiB, 65535, 65536, 100 * KiB];
  const sent = sizes.map(payload);
  await Promise.all(sent.map((message) => publisher.publishAsync("interop/qos1", message, { qos: 1 })));
  await until("all messages", () => received.length >= sent.length);
  assert.deepEqual(received, sent.map(checksum));
  await publisher.endAsync();
  await subscriber.endAsync();
});

test("payloads of 1 MiB arrive whole", async () => {
  const { client } = await connect();
  const received = await inbox(client, "interop/big");
  const sent = Array.from({ length: 8 }, () => payload(1 * MiB));
  await Promise.all(sent.map((message) => client.publishAsync("interop/big", message, { qos: 1 })));
  await until("all payloads", () => received.length >= sent.length);
  assert.deepEqual(received, sent.map(checksum));
  await client.endAsync();
});

test("200 clients at once each get what is theirs", async () => {
  const count = 200;
  const log = gateway.logFromHere();
  const clients = await Promise.all(Array.from({ length: count }, () => connect()));
  const live = await gateway.liveSessions();
  assert.ok(live.total >= count, `the gateway tells of ${live.total} sessions`);
  const ends = clients.map(({ socket }) => clientOf(socket));
  await Promise.all(clients.map(async ({ client }, i) => {
    const topic = `interop/crowd/${i}`;
    const received = await inbox(client, topic);
    const message = payload(4 * KiB);
    await client.publishAsync(topic, message, { qos: 1 });
    await until(`the message of client ${i}`, () => received.length > 0);
    assert.deepEqual(received, [checksum(message)]);
  }));
  await Promise.all(clients.map(({ client }) => client.endAsync()));
  // MQTT's DISCONNECT makes the broker close too: whose end the gateway sees first is a race.
  const causes = await until("the records of all clients", () => {
    const found = log.records().filter((record) => ends.includes(record.client) && record.cause);
    return found.length === count && found.map((record) => record.cause);
  });
  assert.deepEqual(causes.filter((cause) => cause !== "client_close" && cause !== "backend_eof"), []);
});

test("MQTT's own keepalive passes", async () => {
  const { client } = await connect({ keepalive: 1 });
  let answers = 0;
  client.on("packetreceive", (packet) => { if (packet.cmd === "pingresp") answers++; });
  await until("two answers to MQTT pings", () => answers >= 2);
  assert.ok(client.connected);
  await client.endAsync();
});

test("a client that closes is recorded with its figures and client_close", async () => {
  const log = gateway.logFromHere();
  const { client, socket } = await connect();
  const from = clientOf(socket);
  const received = await inbox(client, "interop/record");
  await client.publishAsync("interop/record", payload(10 * KiB), { qos: 1 });
  await until("the message", () => received.length > 0);
  socket.close(1000);
  const record = await log.ended("the client that closed", (r) => r.client === from);
  assert.equal(record.cause, "client_close");
  assert.equal(record.code, 1000);
  assert.equal(record.route, "interop/mqtt");
  assert.equal(record.subprotocol, "mqtt");
  assert.equal(record.path, "/mqtt");
  assert.ok(record.bytes_in > 10 * KiB && record.bytes_out > 10 * KiB, `${record.bytes_in} in, ${record.bytes_out} out`);
});

test("an older MQTT, whose subprotocol the route does not serve, is refused with 400", async () => {
  let refused;
  const createWebsocket = (address, protocols) => {
    assert.deepEqual(protocols, ["mqttv3.1"]);
    return new WebSocket(address, protocols).once("error", (error) => { refused = error; });
  };
  await assert.rejects(connect({ protocolId: "MQIsdp", protocolVersion: 3, createWebsocket }));
  assert.match(refused.message, /Unexpected server response: 400/);
});
