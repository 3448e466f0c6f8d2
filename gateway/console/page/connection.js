// The page's own WebSocket: opens it, and says how it ended.
import { offered } from "./routes.js";
import { addMessage, addNote, startCount } from "./transcript.js";

const byId = (id) => document.getElementById(id);
const state = byId("state");

// The names of RFC 6455 7.4.1 and of IANA's registry.
const codeNames = {
  1000: "normal closure", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
  1005: "no code", 1006: "no Close frame", 1007: "invalid payload", 1008: "policy violation",
  1009: "message too big", 1011: "internal error", 1012: "service restart", 1013: "try again later",
  1014: "bad gateway",
};

// What the gateway's causes mean to whoever looks at this page.
const meanings = {
  client_close: "This page closed the session.",
  client_gone: "The connection ended without a Close frame.",
  backend_eof: "The service finished and closed its connection.",
  backend_reset: "The service's connection failed.",
  backend_invalid: "The service sent what the route's framing cannot carry.",
  protocol_error: "The client broke a rule of RFC 6455.",
  invalid_utf8: "A text message was not UTF-8.",
  invalid_message: "A message did not fit the route's framing.",
  message_too_big: "A message was over the route's limit.",
  ping_timeout: "The client did not answer a ping.",
  idle: "Nothing moved for the idle timeout.",
  client_stalled: "The client took none of what waited for it.",
  backend_stalled: "The service took none of what waited for it.",
  drain: "The gateway is stopping.",
  internal: "A fault in the gateway ended this session alone; its log has the details.",
  not_opened: "The handshake was refused or nobody answered. Browsers do not tell pages why; this asks the same and shows the answer:",
  connection_lost: "The connection broke: no Close frame came.",
};

let socket = null;
let closing = false; // we sent Close first

// own is the connection as the table of sessions may know it; null while there is none.
export let own = null;

export function send(data) {
  socket.send(data);
  addMessage("sent", data);
}

export const isOpen = () => socket?.readyState === WebSocket.OPEN;

// unsent is how many bytes wait in the browser.
export const unsent = () => socket?.bufferedAmount ?? 0;

function connect() {
  const url = byId("url").value.trim();
  const protocols = offered();
  let opening;
  try {
    opening = new WebSocket(url, protocols);
  } catch (error) {
    addNote(error.message.replace(/^Failed to construct 'WebSocket': /, ""), "bad");
    return;
  }
  closing = false;
  byId("end").hidden = true;
  startCount();
  show("connecting", "connecting");
  let opened = false;
  socket = opening;
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    opened = true;
    own = { at: performance.now(), subprotocol: opening.protocol };
    show("open", opening.protocol ? `open · ${opening.protocol}` : "open");
    addNote(`Open: ${url}, ${opening.protocol ? `subprotocol ${opening.protocol}` : "no subprotocol"}`, "good");
    byId(document.querySelector("input[name=mode]:checked").value).focus();
  };
  socket.onmessage = ({ data }) => addMessage("received", typeof data === "string" ? data : new Uint8Array(data));
  socket.onclose = (event) => {
    if (socket !== opening) return;
    own = null;
    socket = null;
    show("closed", opened ? "closed" : "not opened");
    showEnd(event, opened, url, protocols);
  };
}

function close() {
  closing = isOpen();
  show("closing", "closing");
  socket?.close(1000);
}

function show(name, text) {
  state.dataset.state = name;
  state.textContent = text;
  byId("connect").disabled = name !== "closed";
  byId("close").disabled = name !== "open" && name !== "connecting";
  byId("send").disabled = name !== "open";
}

function showEnd(event, opened, url, protocols) {
  const cause = causeOf(event, opened);
  const name = codeNames[event.code] ?? "";
  byId("close-code").textContent = event.code;
  byId("close-name").textContent = name;
  byId("close-cause").textContent = cause;
  byId("close-reason").textContent = event.reason || "none given";
  byId("close-clean").textContent = event.wasClean ? "yes, Close frames went both ways" : "no";
  byId("close-meaning").textContent = meanings[cause] ?? "";
  byId("curl").hidden = opened;
  byId("curl").textContent = opened ? "" : curl(url, protocols);
  byId("end").dataset.clean = event.wasClean;
  byId("end").hidden = false;
  addNote(opened ? `Closed: ${event.code} ${name}, ${cause}` : "Not opened", event.wasClean ? "plain" : "bad");
}

// causeOf: the gateway's own words stand first in the Close frame's reason. An answer to our own Close
// needs none.
function causeOf(event, opened) {
  if (!opened) return "not_opened";
  const word = event.reason.match(/^[a-z][a-z0-9_]*/)?.[0] ?? "";
  if (word in meanings) return word;
  if (closing && event.wasClean) return "client_close";
  return event.wasClean ? word || "none given" : "connection_lost";
}

const quote = (s) => `'${s.replaceAll("'", "'\\''")}'`;

// curl is the command that makes the same handshake and shows the answer (the key is RFC 6455's sample).
function curl(url, protocols) {
  const headers = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", `Origin: ${location.origin}`];
  if (protocols.length > 0) headers.push(`Sec-WebSocket-Protocol: ${protocols.join(", ")}`);
  return [`curl -i --http1.1 -m 5 ${quote(url.replace(/^ws/, "http"))}`, ...headers.map((h) => `-H ${quote(h)}`)].join(" \\\n  ");
}

byId("connection").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!byId("connect").disabled) connect();
});
byId("close").addEventListener("click", close);
show("closed", "not connected");
state.dataset.state = "idle";
