import { spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";

/*
 * Attacks its own sandbox, as a script that an executor runs at its start. `plan.json` in the work folder names what
 * exists outside; the answer is one line of JSON: for each attack whether it held or failed.
 */

const plan = JSON.parse(fs.readFileSync("/work/plan.json", "utf8"));
if (plan.mustRun !== null && spawnSync(plan.mustRun, ["-c", ""]).status !== 0) {
  throw new Error(`${plan.mustRun} cannot be run by the user of a slot: its files must be readable for all`);
}
fs.readFileSync("/node_modules/@sealrun/sdk/package.json");
const procIds = fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));

/** True when `action` returns something true; an error means that the attack was stopped. */
function reached(action) {
  try {
    return Boolean(action());
  } catch {
    return false;
  }
}

const canRead = (path) => reached(() => fs.readFileSync(path).length >= 0);
const canList = (path) => reached(() => fs.readdirSync(path).length >= 0);
const canWrite = (path) =>
  reached(() => {
    fs.closeSync(fs.openSync(path, "a"));
    return true;
  });

/** A path of the host, and the ways to it that do not start at the sandbox's own root. */
function waysTo(path) {
  return [path, `/work/../../../../../..${path}`, ...["self", "1"].map((id) => `/proc/${id}/root${path}`)];
}

function sees(file) {
  return procIds.some((id) => reached(() => fs.readFileSync(`/proc/${id}/${file}`, "latin1").includes(plan.mark)));
}

function statusHas(name, isFine) {
  const value = new RegExp(`^${name}:\\s*(\\S+)$`, "m").exec(fs.readFileSync("/proc/self/status", "latin1"))?.[1];
  return value !== undefined && isFine(value);
}

/** Descriptors of the shell that started this, by their links; what it opened itself is not among them. */
function leakedDescriptors() {
  const known = new Set(["0", "1", "2", "3", "4"]);
  return fs
    .readFileSync("/work/descriptors", "utf8")
    .split("\n")
    .map((line) => line.split(" -> "))
    .filter(([before, target]) => target !== undefined && target !== "/work/attack.sh" && !known.has(lastWord(before)));
}

/** A folder that exists only because something below it is shown to every script. */
function isShown(folder) {
  return plan.shown.some((path) => path.startsWith(`${folder}/`));
}

/** False when a process of this sandbox has the id that the victim has outside. */
const mayBeVictim =
  !procIds.includes(String(plan.victim)) ||
  reached(() => fs.readFileSync(`/proc/${plan.victim}/cmdline`, "latin1").includes(plan.mark));

function lastWord(text) {
  return text.split(" ").at(-1);
}

const devices = new Set(
  "console core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero".split(" "),
);
const outside = [
  "/",
  "/usr/",
  "/usr/bin/",
  "/etc/",
  "/opt/sealrun/bin/",
  "/opt/sealrun/bootstrap/",
  "/node_modules/@sealrun/sdk/",
  "/proc/sys/kernel/",
  "/dev/",
].map((folder) => `${folder}sealrun-self-attack`);
const settings = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/1/mem"];

const attempts = {
  "state-file": () => plan.stateFile && waysTo(plan.stateFile).some(canRead),
  spool: () => plan.spool && waysTo(plan.spool).some(canList),
  "other-run": () => waysTo(plan.otherRun).some(canRead),
  "host-files": () =>
    canRead("/etc/shadow") ||
    ["/etc/ssl/private", "/root", "/home", "/var", "/run", "/sys", "/boot"].some(
      (path) => canList(path) && !isShown(path),
    ),
  processes: () => sees("cmdline") || sees("environ"),
  memory: () => mayBeVictim && canRead(`/proc/${plan.victim}/environ`),
  signal: () => mayBeVictim && process.kill(plan.victim, "SIGKILL"),
  "write-outside": () => [...outside, ...settings].some(canWrite),
  devices: () => fs.readdirSync("/dev").some((name) => !devices.has(name)),
  terminal: () => canWrite("/dev/tty"),
  capabilities: () =>
    !["CapInh", "CapPrm", "CapEff", "CapAmb"].every((name) => statusHas(name, (value) => /^0+$/.test(value))) ||
    !statusHas("NoNewPrivs", (value) => value === "1"),
  descriptors: () => leakedDescriptors().length > 0,
  "core-dump": () => !/^Max core file size\s+0\s+0\s/m.test(fs.readFileSync("/proc/self/limits", "latin1")),
  keys: () => canRead("/proc/keys") || canRead("/proc/key-users"),
};

const results = {};
for (const [name, attempt] of Object.entries(attempts)) results[name] = reached(attempt) ? "failed" : "held";
if (!plan.stateFile) results["state-file"] = "not-applicable";
if (!plan.spool) results.spool = "not-applicable";
for (const { name, refusedWith } of plan.calls) {
  const { status } = spawnSync(`/work/calls/${name}`, { stdio: "ignore" });
  if (status === null) results[name] = "not-applicable";
  else results[name] = (refusedWith === null ? status !== 0 : refusedWith.includes(status)) ? "held" : "failed";
}
results["abstract-socket"] = (await connects(`\0${plan.abstractSocket}`)) ? "failed" : "held";
process.stdout.write(`${JSON.stringify(results)}\n`);

function connects(path) {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
