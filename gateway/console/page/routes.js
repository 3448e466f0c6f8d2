// What the gateway serves: fills the form's route, subprotocol and address.
import { element } from "./transcript.js";

const route = document.getElementById("route");
const subprotocol = document.getElementById("subprotocol");
const offer = document.getElementById("offer");
const url = document.getElementById("url");
const target = document.getElementById("target");

const other = "other"; // of subprotocol: what to offer is typed into offer
const none = "none"; // of subprotocol: offer nothing

let routes = [];
let known = "[]";

// setRoutes takes the routes of the API. What the visitor picked or typed stays, unless it is gone.
export function setRoutes(served) {
  const text = JSON.stringify(served);
  if (text === known) return;
  known = text;
  const picked = route.value;
  routes = served;
  route.replaceChildren(...served.map(routeOption));
  if (served.length === 0) route.append(option("", "no routes yet"));
  const same = served.findIndex((r) => identity(r) === picked);
  route.selectedIndex = Math.max(0, same);
  if (same < 0) pickRoute();
  else fillSubprotocols();
}

// offered is the list of subprotocols to offer, in order.
export function offered() {
  switch (subprotocol.value) {
    case none:
    case "":
      return [];
    case other:
      return offer.value.split(/[\s,]+/).filter(Boolean);
    default:
      return [subprotocol.value.slice(1)];
  }
}

const identity = (r) => `${r.route} ${r.listener} ${r.host} ${r.path}`;

function routeOption(r) {
  const where = (r.host || "") + r.path + (r.exact ? "" : r.path.endsWith("/") ? "…" : "/…");
  return option(identity(r), `${r.route}   ${r.scheme}:${r.port} ${where}`);
}

function option(value, text) {
  const made = element("option", "", text);
  made.value = value;
  return made;
}

function pickRoute() {
  fillSubprotocols();
  const r = routes[route.selectedIndex];
  if (r) url.value = address(r);
}

// address is where to reach r from this page. The page's own host comes first: with another one, the
// page would be a foreign origin to the gateway.
function address(r) {
  let host = location.hostname;
  if (r.host) host = r.host.replace(/^\*/, "any");
  else if (String(r.port) !== pagePort() && specific(r.address)) host = bracketed(r.address);
  const port = r.port === (r.scheme === "wss" ? 443 : 80) ? "" : `:${r.port}`;
  return `${r.scheme}://${host}${port}${r.path}`;
}

const pagePort = () => location.port || (location.protocol === "https:" ? "443" : "80");
const specific = (ip) => ip !== "" && ip !== "0.0.0.0" && ip !== "::";
const bracketed = (ip) => (ip.includes(":") ? `[${ip}]` : ip);

function fillSubprotocols() {
  const r = routes[route.selectedIndex];
  const picked = subprotocol.value;
  const choices = (r?.subprotocols ?? []).map((s) => option("=" + s.name, s.name));
  choices.push(option(none, r?.fallback ? "none (the route's fallback)" : "none"), option(other, "other…"));
  subprotocol.replaceChildren(...choices);
  const kept = choices.find((c) => c.value === picked && picked.startsWith("="));
  subprotocol.value = kept ? picked : choices[0].value;
  describe();
}

// describe says what answers under the picked subprotocol.
function describe() {
  const r = routes[route.selectedIndex];
  offer.hidden = subprotocol.value !== other;
  const s = subprotocol.value === none ? r?.fallback : r?.subprotocols.find((s) => "=" + s.name === subprotocol.value);
  if (s) target.textContent = `→ ${s.services.join(", ") || "no service"} · ${s.framing.replace("_", "-")} · sends ${s.message}`;
  else if (subprotocol.value === none) target.textContent = "This route has no fallback: it refuses clients that offer none.";
  else target.textContent = "By preference, with commas between. The gateway takes the first it serves.";
}

route.addEventListener("change", pickRoute);
subprotocol.addEventListener("change", () => {
  describe();
  if (!offer.hidden) offer.focus();
});
