#!/usr/bin/env node
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 17)) {
  process.stderr.write(`sealrun needs Node 20.17 or newer, and this is ${process.version}\n`);
  process.exit(78);
}
await import("../dist/sealrun.js");
