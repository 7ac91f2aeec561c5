#!/usr/bin/env node
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`sealrun-server needs Node 22.18 or newer, and this is ${process.version}\n`);
  process.exit(78);
}
await import("../cli/dist/server/main.js");
