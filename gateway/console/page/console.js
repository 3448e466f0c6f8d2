// Joins the parts of the page: asks the gateway every second, and sends what is composed.
import { formatBytes, parseHex } from "./bytes.js";
import { isOpen, send, unsent } from "./connection.js";
import { setRoutes } from "./routes.js";
import { setSessions, setUnknown } from "./sessions.js";
import { clear } from "./transcript.js";

const pollEvery = 1000; // ms
const byId = (id) => document.getElementById(id);

async function ask(path) {
  const response = await fetch(path, { cache: "no-store" });
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.json();
}

function showGateway(state, text) {
  const pill = byId("gateway");
  if (pill.textContent === text) return;
  pill.dataset.state = state;
  pill.textContent = text;
}

async function poll() {
  try {
    const [served, live] = await Promise.all([ask("/console/api/routes"), ask("/console/api/sessions")]);
    setRoutes(served.routes);
    setSessions(live);
    showGateway("open", "gateway is up");
  } catch (error) {
    const away = error instanceof TypeError; // fetch says so when nobody answers
    showGateway("closed", away ? "gateway does not answer" : "not shown here");
    setUnknown(away ? "The gateway does not answer. Trying again every second." : error.message);
  }
  showUnsent();
  setTimeout(poll, pollEvery);
}

function showUnsent() {
  const waiting = unsent();
  byId("send").textContent = waiting > 0 ? `Send (${formatBytes(waiting)} wait)` : "Send";
}

const mode = () => document.querySelector("input[name=mode]:checked").value;

function showMode() {
  for (const field of document.querySelectorAll("#compose [data-mode]")) field.hidden = field.dataset.mode !== mode();
  fail("");
}

function showView() {
  byId("log").dataset.view = document.querySelector("input[name=view]:checked").value;
}

function fail(message) {
  byId("compose-error").textContent = message;
}

const endings = { "": "", lf: "\n", crlf: "\r\n" };

// text is what was typed. A text field knows only \n; who ends with \r\n wants that within too.
function text() {
  const typed = byId("text").value;
  const ending = endings[byId("ending").value];
  return (ending === "\r\n" ? typed.replaceAll("\n", ending) : typed) + ending;
}

// composed is what to send: a string, bytes or a File. It throws an Error that says what is wrong.
function composed() {
  switch (mode()) {
    case "hex":
      return parseHex(byId("hex").value);
    case "file":
      if (byId("file").files.length === 0) throw new Error("Choose a file first.");
      return byId("file").files[0];
    default:
      return text();
  }
}

function submit() {
  if (!isOpen()) return;
  try {
    send(composed());
    fail("");
    byId(mode()).select?.();
  } catch (error) {
    fail(error.message);
  }
}

byId("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
for (const field of [byId("text"), byId("hex")]) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
}
for (const choice of document.querySelectorAll("input[name=mode]")) choice.addEventListener("change", showMode);
for (const choice of document.querySelectorAll("input[name=view]")) {
  choice.addEventListener("change", showView);
}
byId("clear").addEventListener("click", clear);
showMode();
showView();
poll();
