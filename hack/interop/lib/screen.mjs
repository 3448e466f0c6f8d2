// What runs in the X server's terminal: shows that it is there, and writes every key and every click that it
// gets to the file it is given, as the terminal tells them.
import { appendFileSync, writeFileSync } from "node:fs";

const file = process.argv[2];
const tellClicks = "\x1b[?1000h\x1b[?1006h";
const hideCursor = "\x1b[?25l";

process.stdin.setRawMode(true);
process.stdin.on("data", (input) => appendFileSync(file, input));
process.stdout.write(`${tellClicks}${hideCursor}\n  Seen through Switchyard.\n`);
writeFileSync(file, "ready\n");
