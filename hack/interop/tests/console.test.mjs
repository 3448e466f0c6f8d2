// The console's page in Chromium.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch, watch } from "../lib/browser.mjs";
import * as gateway from "../lib/gateway.mjs";
import { MiB, payload } from "../lib/payload.mjs";

let browser, page, faults;

before(async () => {
  browser = await launch();
  mkdirSync(gateway.out, { recursive: true });
});
after(() => browser?.close());
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  faults = watch(page);
  await page.goto(gateway.page);
  await page.waitForSelector("#gateway[data-state=open]");
});
afterEach(() => page.close());

// pick chooses a route by its name, on the plain listener.
async function pick(route) {
  const value = await page.locator("#route option", { hasText: new RegExp(`^${route}\\s+ws:`) }).getAttribute("value");
  await page.selectOption("#route", value);
}

async function connect(route) {
  await pick(route);
  await page.click("#connect");
  await page.waitForSelector("#state[data-state=open]");
}

// received is what the log shows of the messages from the service, as the view that is on shows them.
const received = () => page.locator("#log .message.received pre:visible").allInnerTexts();

const waitForText = (selector, text) =>
  page.waitForFunction(([selector, text]) => document.querySelector(selector)?.innerText.includes(text), [selector, text]);

async function end() {
  await page.waitForSelector("#end:not([hidden])");
  const text = (id) => page.locator(id).innerText();
  return { code: await text("#close-code"), cause: await text("#close-cause"), clean: await text("#close-clean") };
}

test("a route is picked, and text, bytes and a file come back", async () => {
  await connect("interop/echo");
  assert.equal(await page.inputValue("#url"), `${gateway.ws}/echo`);
  assert.equal(await page.innerText("#state"), "open · echo");

  await page.check("input[name=view][value=text]", { force: true });
  await page.fill("#text", "Grüße\nfrom the console");
  await page.selectOption("#ending", "crlf");
  await page.press("#text", "Enter");
  await waitForText("#log .message.received", "from the console");
  assert.equal((await received()).join(""), "Grüße\r\nfrom the console\r\n");

  await page.check("#mode-hex", { force: true });
  await page.check("input[name=view][value=hex]", { force: true });
  await page.fill("#hex", "0x00,0x01 fe:ff");
  await page.click("#send");
  await waitForText("#log .message.received:last-child", "00 01 fe ff");

  await page.fill("#hex", "0x1");
  await page.click("#send");
  await waitForText("#compose-error", "odd number of digits");

  const file = join(gateway.out, "sent.bin");
  writeFileSync(file, payload(1 * MiB));
  await page.check("#mode-file", { force: true });
  await page.setInputFiles("#file", file);
  await page.click("#send");
  await waitForText("#received", "1.00 MiB");

  await page.waitForSelector("#sessions tr.own");
  assert.match(await page.innerText("#sessions tr.own"), /interop\/echo/);
  await page.screenshot({ path: join(gateway.out, "console.png") });

  await page.click("#close");
  assert.deepEqual(await end(), { code: "1000", cause: "client_close", clean: "yes, Close frames went both ways" });
  await page.waitForSelector("#sessions tr.own", { state: "detached" });
  assert.deepEqual(faults, []);
});

test("the end of the service's side is shown with its cause", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await connect("interop/mqtt");
  await page.check("#mode-hex", { force: true });
  await page.fill("#hex", "10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 63"); // CONNECT of a client named c
  await page.click("#send");
  await waitForText("#log .message.received", "20 02 00 00"); // CONNACK
  await page.fill("#hex", "e0 00"); // DISCONNECT
  await page.click("#send");
  assert.deepEqual(await end(), { code: "1000", cause: "backend_eof", clean: "yes, Close frames went both ways" });
  await page.screenshot({ path: join(gateway.out, "console-dark.png") });
  assert.deepEqual(faults, []);
});

test("a refused handshake is explained with a command that shows the answer", async () => {
  await pick("interop/echo");
  await page.selectOption("#subprotocol", "other");
  await page.fill("#offer", "nope, neither");
  await page.click("#connect");
  assert.deepEqual(await end(), { code: "1006", cause: "not_opened", clean: "no" });
  assert.match(await page.innerText("#curl"), /Sec-WebSocket-Protocol: nope, neither/);
  assert.match(faults.join("\n"), /400/);
});

test("sessions of others are listed with their figures", async () => {
  const sessions = page.locator("#sessions tbody tr");
  await connect("interop/lines");
  await page.fill("#text", "four");
  await page.click("#send");
  await page.waitForFunction(() => /[1-9]\d* message/.test(document.querySelector("#sessions tr.own .sum.in")?.textContent));
  const other = await browser.newPage();
  await other.goto(gateway.page);
  await other.locator("#sessions tbody tr", { hasText: "interop/lines" }).first().waitFor();
  assert.equal(await other.locator("#sessions tr.own").count(), 0, "the other page takes no session for its own");
  assert.ok(await sessions.count() >= 1);
  await other.close();
});

test("the page works on a phone, by keyboard alone", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await pick("interop/lines");
  await page.focus("#connect");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#state[data-state=open]");
  await page.keyboard.type("typed blind"); // the field to type in has the focus
  await page.keyboard.press("Enter");
  await waitForText("#log .message.received", "typed blind");
  await page.waitForSelector("#sessions tr.own");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
  await page.screenshot({ path: join(gateway.out, "console-phone.png"), fullPage: true });
});

test("bytes in hex are read in any of the usual ways", async () => {
  const read = (written) => page.evaluate(async (written) => {
    const { parseHex } = await import("/console/bytes.js");
    try {
      return [...parseHex(written)];
    } catch (error) {
      return error.message;
    }
  }, written);
  for (const [written, want] of Object.entries({
    "": [], "  ": [], "68656c": [0x68, 0x65, 0x6c], "68 65\n6C": [0x68, 0x65, 0x6c],
    "0x68,0x65": [0x68, 0x65], "68:65": [0x68, 0x65], "\\x00\\xff": [0, 255],
    "6": '"6" has an odd number of digits: two make a byte',
    "0x6 0x5": '"6" has an odd number of digits: two make a byte',
    "68 zz": '"z" at character 4 is no hex digit',
  })) assert.deepEqual(await read(written), want, JSON.stringify(written));
});
