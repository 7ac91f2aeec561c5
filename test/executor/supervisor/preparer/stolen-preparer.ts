import { mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { frame, readText, write } from "../blocking-frames.ts";

/*
 * Stands in for a preparer that someone has taken over, or that a package keeps busy. What it does is the name of the first
 * script of its job.
 */

const send = (head: object): void => write(frame(head));
interface Frame {
  readonly t: string;
  readonly folder?: string;
  readonly filesDir?: string;
  readonly scripts?: readonly string[];
}
const readFrame = (): Frame => JSON.parse(readText());
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
    send({ t: "say", level: "info", text: `${name}: ${end}` });
  }
  send({ t: "done", hasNodeModules: false, compiled: false });
};

const { folder = "", filesDir = "", scripts = [] } = readFrame();
send({ t: "begins", part: "dependencies" });
switch (scripts[0]) {
  case "busy.ts":
    for (;;);
  // Bounded: a limit that does not hold must not take the machine's memory.
  case "memory.ts": {
    const kept = Array.from({ length: 60 }, () => Buffer.alloc(10 * mebi, 1));
    setInterval(() => kept.length, 1_000);
    setTimeout(() => send({ t: "done", hasNodeModules: false, compiled: false }), 20_000);
    setInterval(() => send({ t: "pong" }), 500);
    break;
  }
  case "heap.ts": {
    const kept: object[] = [];
    for (let count = 0; count < 20_000_000; count += 1) kept.push({ count });
    send({ t: "done", hasNodeModules: kept.length === 0, compiled: false });
    break;
  }
  case "garbage.ts":
    send({ t: "claim", everything: true });
    break;
  case "exits.ts":
    process.exit(3);
    break;
  case "floods.ts":
    for (let line = 0; line < 5_000; line += 1) send({ t: "say", level: "info", text: `line ${line}` });
    send({ t: "done", hasNodeModules: false, compiled: false });
    break;
  case "unasked.ts":
    send({ t: "made", key: key("a"), bytes: 1 });
    break;
  case "two-of-a-kind.ts":
    for (const letter of ["a", "b"]) send({ t: "want", key: key(letter) });
    break;
  case "link.ts":
    send({ t: "want", key: key("c") });
    waitForMake();
    symlinkSync("/etc", join(folder, key("c")));
    send({ t: "made", key: key("c"), bytes: 1 });
    send({ t: "done", hasNodeModules: true, compiled: false });
    break;
  case "half.ts":
    send({ t: "want", key: key("d") });
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
    send({ t: "say", level: "info", text: folder });
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
