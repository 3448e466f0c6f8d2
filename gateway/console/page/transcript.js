// The log of messages: bounded, drawn once a frame however fast they come.
import { formatBytes, formatCount, formatTime, hexDump } from "./bytes.js";

const maxEntries = 300; // older ones are dropped from the page
const shownBytes = 2048; // of one message; its size is always told in full

const log = document.getElementById("log");
const totals = { sent: document.getElementById("sent"), received: document.getElementById("received") };
const sums = { sent: { messages: 0, bytes: 0 }, received: { messages: 0, bytes: 0 } };
const narrow = matchMedia("(max-width: 640px)");
let waiting = [];
let dropped = 0;
let scheduled = false;

// addMessage logs one message. direction is "sent" or "received"; data is a string or a Uint8Array; a
// file is told by name and size alone.
export function addMessage(direction, data) {
  const size = sizeOf(data);
  sums[direction].messages++;
  sums[direction].bytes += size;
  add({ direction, data: cut(data), size, text: typeof data === "string", time: new Date() });
}

// addNote logs what happened to the connection. kind is "good", "bad" or "plain".
export function addNote(text, kind = "plain") {
  add({ note: text, kind, time: new Date() });
}

// startCount begins the totals of a new connection.
export function startCount() {
  for (const sum of Object.values(sums)) sum.messages = sum.bytes = 0;
  schedule();
}

export function clear() {
  waiting = [];
  dropped = 0;
  log.replaceChildren();
}

function sizeOf(data) {
  if (typeof data === "string") return new Blob([data]).size;
  return data instanceof File ? data.size : data.length;
}

// cut copies what is shown of data, so that the rest can be collected.
function cut(data) {
  if (typeof data === "string") return data.slice(0, shownBytes);
  return data instanceof File ? data.name : data.slice(0, shownBytes);
}

function add(entry) {
  waiting.push(entry);
  if (waiting.length > maxEntries) {
    waiting.shift();
    dropped++;
  }
  schedule();
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(draw);
}

function draw() {
  scheduled = false;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const more = waiting.map((entry) => (entry.note ? noteRow(entry) : messageRow(entry)));
  if (dropped > 0) more.unshift(noteRow({ note: `${formatCount(dropped, "message")} not shown`, kind: "plain", time: new Date() }));
  waiting = [];
  dropped = 0;
  log.append(...more);
  while (log.childElementCount > maxEntries) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
  for (const [direction, sum] of Object.entries(sums)) {
    totals[direction].textContent = `${sum.messages.toLocaleString("en")} ${direction}, ${formatBytes(sum.bytes)}`;
  }
}

function noteRow(entry) {
  const row = element("li", `note ${entry.kind}`);
  row.append(element("time", "", formatTime(entry.time)), element("p", "", entry.note));
  return row;
}

function messageRow(entry) {
  const { direction, data, size } = entry;
  const kind = data instanceof Uint8Array ? "binary" : entry.text ? "text" : "file";
  const row = element("li", `message ${direction}`);
  row.dataset.kind = kind;
  const arrow = element("span", "arrow", direction === "sent" ? "↑" : "↓");
  arrow.setAttribute("role", "img");
  arrow.setAttribute("aria-label", direction);
  const meta = element("p", "meta");
  meta.append(arrow, element("time", "", formatTime(entry.time)), element("span", "kind", kind), element("span", "size", formatBytes(size)));
  row.append(meta);
  if (kind === "binary") {
    row.append(element("pre", "as-hex", hexDump(data, narrow.matches ? 8 : 16)), element("pre", "as-text", new TextDecoder().decode(data)));
  } else {
    row.append(element("pre", "", data));
  }
  const shown = kind === "file" ? size : sizeOf(data);
  if (shown < size) row.append(element("p", "more", `and ${formatBytes(size - shown)} more`));
  return row;
}

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
