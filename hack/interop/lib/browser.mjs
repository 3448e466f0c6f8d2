// Headless Chromium, and a server for pages that are not the gateway's own.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

// Without these, Chromium looks for its maker's hosts at every start. Its sandbox does not work for root.
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launch() {
  return chromium.launch({ executablePath: process.env.INTEROP_CHROMIUM ?? "/usr/bin/chromium", args: quiet });
}

// watch collects what goes wrong in a page without anybody asking.
export function watch(page) {
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  return faults;
}

const types = { ".html": "text/html", ".js": "text/javascript" };

// serve serves files below root on a port of loopback.
export async function serve(root, port) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    try {
      const content = await readFile(join(root, path));
      response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
      response.end(content);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((listening, failed) => server.once("error", failed).listen(port, "127.0.0.1", listening));
  return server;
}
