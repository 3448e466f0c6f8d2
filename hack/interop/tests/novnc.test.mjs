// noVNC in Chromium to a VNC server's TCP port, from a page of another origin that a WebSocketPolicy lets in.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, serve, watch } from "../lib/browser.mjs";
import * as gateway from "../lib/gateway.mjs";
import { until } from "../lib/until.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const allowed = new URL(process.env.INTEROP_PAGES);

// As servers.sh paints them.
const wall = [31, 111, 235];
const terminal = [255, 215, 0];

let browser, server, stranger;

before(async () => {
  server = await serve(root, Number(allowed.port));
  stranger = await serve(root, 0);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
  stranger?.close();
});

// openScreen loads the page from port, and waits until noVNC says connected or disconnected.
async function openScreen(port, subprotocols) {
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  const faults = watch(page);
  const asked = new URLSearchParams([["url", `${gateway.ws}/vnc`], ...subprotocols.map((s) => ["subprotocol", s])]);
  await page.goto(`http://127.0.0.1:${port}/pages/vnc.html?${asked}`);
  await page.waitForSelector("body[data-state]");
  return { page, faults, state: await page.getAttribute("body", "data-state") };
}

// colourAt is the colour of one pixel of the remote screen.
function colourAt(page, x, y) {
  return page.evaluate(([x, y]) => {
    const canvas = document.querySelector("#screen canvas");
    return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data.slice(0, 3)];
  }, [x, y]);
}

const near = (a, b) => a.every((value, i) => Math.abs(value - b[i]) < 16);

const shows = (page, x, y, colour) =>
  until(`rgb(${colour}) at ${x},${y}`, async () => near(await colourAt(page, x, y), colour));

const typed = () => readFileSync(process.env.INTEROP_TYPED, "utf8");

test("the remote screen is seen, and keys and clicks reach it", async () => {
  const log = gateway.logFromHere();
  const { page, faults, state } = await openScreen(allowed.port, ["binary"]);
  assert.equal(state, "connected");
  await shows(page, 10, 10, wall);
  await shows(page, 790, 590, wall);
  await shows(page, 200, 200, terminal);

  await page.mouse.move(300, 250);
  await page.mouse.down();
  await page.mouse.up();
  await until("a click in the terminal", () => /\x1b\[<0;\d+;\d+M\x1b\[<0;\d+;\d+m/.test(typed()));
  await page.keyboard.type("Hello, VNC 42!");
  await until("what was typed", () => typed().includes("Hello, VNC 42!"));

  mkdirSync(gateway.out, { recursive: true });
  await page.screenshot({ path: join(gateway.out, "novnc.png") });
  assert.deepEqual(faults, []);

  await page.evaluate(() => window.disconnect());
  await page.waitForSelector("body[data-state=disconnected]");
  const record = await log.ended("the VNC session", (r) => r.subprotocol === "binary");
  assert.equal(record.cause, "client_close");
  assert.equal(record.origin, allowed.origin);
  await page.close();
});

test("noVNC's own pages offer no subprotocol: the route's fallback serves them", async () => {
  const { page, state } = await openScreen(allowed.port, []);
  assert.equal(state, "connected");
  await shows(page, 200, 200, terminal); // beside the pointer, which the server may draw
  await page.close();
});

test("the same page from an origin that nobody listed is refused", async () => {
  const { page, faults, state } = await openScreen(stranger.address().port, ["binary"]);
  assert.equal(state, "disconnected");
  assert.match(faults.join("\n"), /403/);
  await page.close();
});
