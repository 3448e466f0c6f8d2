// Bytes and figures as people read and write them. Nothing here touches the page.

const separators = /(?:0x|\\x|[\s,:;_-])+/giy;
const digits = /[0-9a-f]+/giy;

// parseHex reads bytes written in hex, in any of the usual ways: "68656c", "68 65 6c",
// "0x68,0x65", "68:65", "\x68\x65". It throws an Error that says where it stopped.
export function parseHex(written) {
  let hex = "";
  for (let at = 0; at < written.length;) {
    separators.lastIndex = at;
    if (separators.test(written)) at = separators.lastIndex;
    if (at === written.length) break;
    digits.lastIndex = at;
    const run = digits.exec(written);
    if (!run) throw new Error(`"${written[at]}" at character ${at + 1} is no hex digit`);
    if (run[0].length % 2 !== 0) throw new Error(`"${shorten(run[0])}" has an odd number of digits: two make a byte`);
    hex += run[0];
    at = digits.lastIndex;
  }
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

const shorten = (s) => (s.length > 12 ? s.slice(0, 12) + "…" : s);

// hexDump is the usual dump: offset, hex in two halves, ASCII. perLine is even.
export function hexDump(bytes, perLine = 16) {
  const half = perLine / 2;
  const lines = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const line = [...bytes.subarray(at, at + perLine)];
    const hex = line.map((b) => b.toString(16).padStart(2, "0"));
    const left = hex.slice(0, half).join(" ").padEnd(half * 3 - 1);
    const right = hex.slice(half).join(" ").padEnd(half * 3 - 1);
    const ascii = line.map((b) => (b > 31 && b < 127 ? String.fromCharCode(b) : "·")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${left}  ${right}  ${ascii}`);
  }
  return lines.join("\n");
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

// formatBytes is n with three digits at least where it is rounded: "999 B", "1.25 KiB", "16.0 MiB".
export function formatBytes(n) {
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  if (unit === 0) return `${Math.round(n)} B`;
  return `${n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0)} ${units[unit]}`;
}

// formatCount is n of something, with its plural.
export function formatCount(n, one, many = one + "s") {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

// formatPerSecond is a rate without its unit: one decimal where that says more than none.
export function formatPerSecond(n) {
  return n > 0 && n < 9.95 ? n.toFixed(1) : Math.round(n).toLocaleString("en");
}

// formatAge is a duration in milliseconds: "8 s", "3 m 20 s", "2 h 5 m", "3 d 4 h".
export function formatAge(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];
  const first = parts.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2)
    .map(([name, size], i) => [Math.floor((i === 0 ? seconds : seconds % parts[first][1]) / size), name])
    .filter(([n], i) => i === 0 || n > 0)
    .map(([n, name]) => `${n} ${name}`)
    .join(" ");
}

// formatTime is a clock time with milliseconds.
export function formatTime(date) {
  const two = (n) => String(n).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
