import { createHash, randomBytes } from "node:crypto";

export const KiB = 1024;
export const MiB = 1024 * KiB;

export const payload = (size) => randomBytes(size);
export const checksum = (bytes) => createHash("sha256").update(bytes).digest("hex");
