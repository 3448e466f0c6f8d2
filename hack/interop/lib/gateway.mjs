// The gateway under test, as run.sh started it: where it is, and what it says of its sessions.
import { readFileSync } from "node:fs";
import { until } from "./until.mjs";

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start these tests with hack/interop/run.sh`);
  return value;
}

// Without a slash at the end.
export const ws = setting("INTEROP_WS");
export const wss = setting("INTEROP_WSS");
export const page = setting("INTEROP_WS").replace(/^ws/, "http");

// The authority of wss, PEM.
export const authority = readFileSync(setting("INTEROP_CA"));

// Where screenshots go.
export const out = setting("INTEROP_OUT");

// logFromHere is the access log without what stands in it already: a port of a client that is gone may be
// another's by now.
export function logFromHere() {
  const start = accessLog().length;
  const records = () => accessLog().slice(start);
  return {
    // records so far, oldest first.
    records,
    // ended waits for the record of a session that has ended.
    ended: (what, matches) => until(`the record of ${what}`, () => records().find((r) => r.cause && matches(r))),
  };
}

function accessLog() {
  return readFileSync(setting("INTEROP_ACCESS_LOG"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

// liveSessions are those that the console lists.
export async function liveSessions() {
  const response = await fetch(`${page}/console/api/sessions`);
  if (!response.ok) throw new Error(`sessions: ${response.status} ${await response.text()}`);
  return response.json();
}
