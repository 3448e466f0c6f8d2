// An unmodified mqtt.js publishes and subscribes with QoS 1 through the gateway.
// Usage: node mqtt.cjs URL ADDRESS: the URL's host is taken to be at ADDRESS.
const { deepStrictEqual } = require("node:assert");
const { createHash, randomBytes } = require("node:crypto");
const { once } = require("node:events");
const mqtt = require("mqtt");

const [url, address] = process.argv.slice(2);
const checksum = (bytes) => createHash("sha256").update(bytes).digest("hex");

// There is no DNS for the host: it is found at the address of the Service.
const lookup = (_, options, done) =>
  options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4);
const connect = () => mqtt.connectAsync(url, { reconnectPeriod: 0, wsOptions: { lookup } }, false);

async function main() {
  const topic = `e2e/${process.pid}`;
  const [publisher, subscriber] = [await connect(), await connect()];
  const received = [];
  subscriber.on("message", (_, message) => received.push(checksum(message)));
  await subscriber.subscribeAsync(topic, { qos: 1 });
  const sent = [0, 1, 125, 126, 65535, 65536, 1 << 20].map((size) => randomBytes(size));
  for (const message of sent) await publisher.publishAsync(topic, message, { qos: 1 });
  while (received.length < sent.length) await once(subscriber, "message");
  deepStrictEqual(received, sent.map(checksum));
  await Promise.all([publisher.endAsync(), subscriber.endAsync()]);
  console.log(`${sent.length} messages through ${url}`);
}

const late = setTimeout(() => { throw new Error("not done in time"); }, 30_000);
main().then(() => clearTimeout(late));
