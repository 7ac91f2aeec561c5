#!/usr/bin/env node
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `sealrun needs Node 22.18 or newer and this is ${process.version}; inside the repository use: npx --no-install sealrun\n`,
  );
  process.exit(78);
}
await import("../dist/main.js");
