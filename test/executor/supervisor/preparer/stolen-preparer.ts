import {
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/*
 * Stands in for a preparer that someone has taken over, or that a package keeps busy. What it does is the name of the first
 * script of its job.
 */

const write = (head: object): void => {
  const body = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.concat([Buffer.from(`${body.length}\n`), body]);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(3, bytes, at);
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EAGAIN") throw error;
    }
  }
};
const read = (bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes;) {
    try {
      const count = readSync(3, buffer, at, bytes - at, null);
      if (count === 0) process.exit();
      at += count;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EAGAIN") throw error;
    }
  }
  return buffer;
};
interface Frame {
  readonly t: string;
  readonly folder?: string;
  readonly filesDir?: string;
  readonly scripts?: readonly string[];
}
const readFrame = (): Frame => {
  let digits = "";
  for (let byte = read(1).toString(); byte !== "\n"; byte = read(1).toString()) digits += byte;
  return JSON.parse(read(Number(digits)).toString());
};
const key = (letter: string, kind = "npm"): string => `${kind}-${letter.repeat(64)}`;
const waitForMake = (): void => {
  while (readFrame().t !== "make");
};
const mebi = 1024 * 1024;
/** Says of each attack whether it succeeded, and ends the job. */
const attackAll = (attacks: Readonly<Record<string, () => unknown>>): void => {
  for (const [name, attack] of Object.entries(attacks)) {
    let end = "done";
    try {
      attack();
    } catch (error) {
      end = error instanceof Error && "code" in error ? String(error.code) : "failed";
    }
    write({ t: "say", level: "info", text: `${name}: ${end}` });
  }
  write({ t: "done", hasNodeModules: false, compiled: false });
};

const { folder = "", filesDir = "", scripts = [] } = readFrame();
write({ t: "begins", part: "dependencies" });
switch (scripts[0]) {
  case "busy.ts":
    for (;;);
  // Bounded: a limit that does not hold must not take the machine's memory.
  case "memory.ts": {
    const kept = Array.from({ length: 60 }, () => Buffer.alloc(10 * mebi, 1));
    setInterval(() => kept.length, 1_000);
    setTimeout(() => write({ t: "done", hasNodeModules: false, compiled: false }), 20_000);
    setInterval(() => write({ t: "pong" }), 500);
    break;
  }
  case "heap.ts": {
    const kept: object[] = [];
    for (let count = 0; count < 20_000_000; count += 1) kept.push({ count });
    write({ t: "done", hasNodeModules: kept.length === 0, compiled: false });
    break;
  }
  case "garbage.ts":
    write({ t: "claim", everything: true });
    break;
  case "exits.ts":
    process.exit(3);
    break;
  case "floods.ts":
    for (let line = 0; line < 5_000; line += 1) write({ t: "say", level: "info", text: `line ${line}` });
    write({ t: "done", hasNodeModules: false, compiled: false });
    break;
  case "unasked.ts":
    write({ t: "made", key: key("a"), bytes: 1 });
    break;
  case "two-of-a-kind.ts":
    for (const letter of ["a", "b"]) write({ t: "want", key: key(letter) });
    break;
  case "link.ts":
    write({ t: "want", key: key("c") });
    waitForMake();
    symlinkSync("/etc", join(folder, key("c")));
    write({ t: "made", key: key("c"), bytes: 1 });
    write({ t: "done", hasNodeModules: true, compiled: false });
    break;
  case "half.ts":
    write({ t: "want", key: key("d") });
    waitForMake();
    mkdirSync(join(folder, key("d")));
    writeFileSync(join(folder, key("d"), "half"), "");
    process.exit(3);
    break;
  case "attacks.ts": {
    const cache = dirname(filesDir);
    attackAll({
      "write a package file": () => writeFileSync(join(filesDir, "a".repeat(64)), ""),
      "write an install": () => writeFileSync(join(cache, "dependencies/planted"), ""),
      "write a bundle": () => writeFileSync(join(cache, "bundles/planted"), ""),
      "write another job": () => writeFileSync(join(folder, "../../planted"), ""),
      "read beside the cache": () => readFileSync(join(cache, "../state.json")),
      "see the supervisor": () => process.kill(Number(readFileSync(join(filesDir, "pid"), "utf8")), 0),
    });
    break;
  }
  case "waits.ts":
    writeFileSync(join(folder, "mine"), "", { mode: 0o600 });
    write({ t: "say", level: "info", text: folder });
    break;
  case "neighbour.ts": {
    const [pid = "", other = ""] = readFileSync(join(filesDir, "neighbour"), "utf8").split(" ");
    attackAll({
      "send it a signal": () => process.kill(Number(pid), 0),
      "read its environment": () => readFileSync(`/proc/${pid}/environ`),
      "open its memory": () => openSync(`/proc/${pid}/mem`, "r"),
      "see its descriptors": () => readdirSync(`/proc/${pid}/fd`),
      "see its files": () => readdirSync(`/proc/${pid}/root`),
      "read its folder": () => readFileSync(join(other, "mine")),
      "write its folder": () => writeFileSync(join(other, "planted"), ""),
    });
    break;
  }
  case undefined:
    break;
}
setInterval(() => undefined, 1_000);
