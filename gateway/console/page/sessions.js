// The table of live sessions, and the traffic of all of them.
import { formatAge, formatBytes, formatCount, formatPerSecond } from "./bytes.js";
import { own } from "./connection.js";
import { element } from "./transcript.js";

const table = document.getElementById("sessions");
const body = table.tBodies[0];
const note = document.getElementById("sessions-note");
const count = document.getElementById("sessions-count");
const flow = document.getElementById("flow");
const flowRate = document.getElementById("flow-rate");

const figures = ["bytesIn", "bytesOut", "messagesIn", "messagesOut"];
const kept = 120; // polls whose traffic is drawn
const rows = new Map(); // by session id
const history = [];
let before = null; // the answer before this one
let ownId = "";

// setSessions takes one answer of the API.
export function setSessions(answer) {
  const now = Date.parse(answer.now);
  const seconds = before ? (now - before.now) / 1000 : 0;
  const figuresBefore = before?.sessions ?? new Map();
  ownId = findOwn(answer.sessions, now);
  const sum = { bytesIn: 0, bytesOut: 0, messagesIn: 0, messagesOut: 0 };
  const listed = answer.sessions.map((session) => {
    const rates = ratesOf(session, figuresBefore.get(session.id), seconds);
    for (const f of figures) sum[f] += rates[f];
    return fill(row(session), session, rates, now);
  });
  before = { now, sessions: new Map(answer.sessions.map((s) => [s.id, s])) };
  place(listed);
  const more = answer.total - answer.sessions.length;
  note.textContent = more > 0 ? `The newest ${answer.sessions.length}; ${more.toLocaleString("en")} more are not listed.` : "No session is open.";
  note.hidden = answer.total > 0 && more <= 0;
  count.textContent = answer.total.toLocaleString("en");
  table.hidden = answer.sessions.length === 0;
  drawFlow(sum);
}

// setUnknown says why there is no list.
export function setUnknown(why) {
  before = null;
  rows.clear();
  body.replaceChildren();
  table.hidden = true;
  count.textContent = "–";
  note.hidden = false;
  note.textContent = why;
}

// findOwn tells which session is this page's. The gateway names it to nobody, so it is the one of our origin
// and subprotocol that began nearest to when our socket opened.
function findOwn(sessions, now) {
  if (!own) return "";
  if (sessions.some((s) => s.id === ownId)) return ownId;
  const opened = now - (performance.now() - own.at);
  const distance = (s) => Math.abs(Date.parse(s.started) - opened);
  return sessions
    .filter((s) => s.origin === location.origin && s.subprotocol === own.subprotocol && distance(s) < 2000)
    .sort((a, b) => distance(a) - distance(b))[0]?.id ?? "";
}

// ratesOf is by the second; all of what a session moved that began since the last answer.
function ratesOf(session, earlier, seconds) {
  const begun = before && Date.parse(session.started) >= before.now;
  const known = seconds > 0 && (earlier || begun);
  return Object.fromEntries(figures.map((f) => [f, known ? Math.max(0, session[f] - (earlier?.[f] ?? 0)) / seconds : 0]));
}

function row(session) {
  if (rows.has(session.id)) return rows.get(session.id);
  const made = element("tr");
  made.dataset.session = session.id;
  const cell = (label, ...parts) => {
    const td = element("td", ["Age", "From client", "To client"].includes(label) ? "num" : "");
    td.dataset.label = label;
    td.append(...parts);
    made.append(td);
  };
  cell("Session", element("code", "", session.id.slice(0, 8)), element("span", "mine", "this page"));
  cell("Route", element("span", "", session.route), element("small", "", session.subprotocol || "fallback"));
  cell("Service", element("span", "", session.service), element("small", "", session.endpoint));
  cell("Client", element("span", "", session.client), element("small", "", session.origin || "no origin"));
  cell("Age", element("span", "age"));
  cell("From client", element("span", "rate in"), element("small", "sum in"));
  cell("To client", element("span", "rate out"), element("small", "sum out"));
  rows.set(session.id, made);
  return made;
}

function fill(tr, session, rates, now) {
  const put = (selector, text) => { tr.querySelector(selector).textContent = text; };
  tr.classList.toggle("own", session.id === ownId);
  put(".age", formatAge(now - Date.parse(session.started)));
  for (const [side, bytes, messages] of [["in", "bytesIn", "messagesIn"], ["out", "bytesOut", "messagesOut"]]) {
    put(`.rate.${side}`, `${formatBytes(rates[bytes])}/s · ${formatPerSecond(rates[messages])} msg/s`);
    put(`.sum.${side}`, `${formatBytes(session[bytes])} · ${formatCount(session[messages], "message")}`);
  }
  tr.classList.toggle("busy", figures.some((f) => rates[f] > 0));
  return tr;
}

// place makes the body hold exactly the listed rows in their order, moving only what moved: a row under the
// mouse or being selected stays.
function place(listed) {
  const ids = new Set(listed.map((tr) => tr.dataset.session));
  for (const [id, tr] of rows) {
    if (ids.has(id)) continue;
    tr.remove();
    rows.delete(id);
  }
  listed.forEach((tr, i) => {
    if (body.children[i] !== tr) body.insertBefore(tr, body.children[i] ?? null);
  });
}

function polyline(className, points) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  made.setAttribute("class", className);
  made.setAttribute("points", points);
  return made;
}

const ground = polyline("ground", `0,26 ${kept},26`);

function drawFlow(sum) {
  history.push(sum);
  if (history.length > kept) history.shift();
  const peak = Math.max(1, ...history.map((h) => Math.max(h.bytesIn, h.bytesOut)));
  const line = (figure) => {
    const first = kept - history.length;
    const points = history.map((h, i) => `${first + i},${(26 - (h[figure] / peak) * 24).toFixed(1)}`);
    return polyline(figure === "bytesIn" ? "in" : "out", points.join(" "));
  };
  flow.replaceChildren(ground, line("bytesIn"), line("bytesOut"));
  flowRate.textContent = `↑ ${formatBytes(sum.bytesIn)}/s  ↓ ${formatBytes(sum.bytesOut)}/s`;
}
