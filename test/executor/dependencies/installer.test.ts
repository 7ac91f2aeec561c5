import { globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readHostRoots } from "../../../executor/src/child/host-roots.ts";
import { runInstaller } from "../../../executor/src/dependencies/installer.ts";
import { findNpm } from "../../../executor/src/runtime-files.ts";
import { programs } from "../../support/servers.ts";
import { temporaryFolder } from "../temporary-folder.ts";

interface Trial {
  readonly folder: string;
  readonly code: string;
  readonly hasNetwork?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

async function runCode({ folder, code, hasNetwork = true, environment = {}, signal }: Trial) {
  return runInstaller(
    {
      sandbox: { kind: "bubblewrap", program: programs().bwrap, hostRoots: await readHostRoots(), hidden: [] },
      node: process.execPath,
      npm: findNpm(),
      python: undefined,
      pipWheel: undefined,
    },
    {
      folder,
      hasNetwork,
      signal: signal ?? new AbortController().signal,
      command: (paths) => [paths.node, "-e", code],
      environment: () => environment,
    },
  );
}

test("runInstaller() shows an install only its own folder of the host", async () => {
  await using root = await temporaryFolder();
  await using outside = await temporaryFolder();
  await writeFile(join(outside.path, "root.key"), "root-key-bytes");
  const paths = [
    join(outside.path, "root.key"),
    homedir(),
    "/etc/shadow",
    "/var",
    "/run",
    "/work",
    "/opt/sealrun/bootstrap",
  ];
  const code = `const fs = require("fs");
    const seen = ${JSON.stringify(paths)}.filter((path) => fs.existsSync(path));
    let wrote = "no"; try { fs.writeFileSync("/opt/sealrun/npm/x", ""); wrote = "yes"; } catch {}
    fs.writeFileSync("/install/made", "1");
    const open = fs.readdirSync("/proc/self/fd").map(Number).filter((fd) => { try { return fs.fstatSync(fd).isSocket(); } catch { return false; } });
    console.log(JSON.stringify({ seen, wrote, environment: Object.keys(process.env).sort(), sockets: open, parent: process.ppid }));`;
  const { succeeded, stdout } = await runCode({ folder: root.path, code, environment: { ONE: "1" } });
  expect(succeeded).toBe(true);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({ seen: [], wrote: "no" });
  expect(found.environment).toEqual(expect.arrayContaining(["LANG", "ONE"]));
  expect(found.environment.filter((name: string) => !["LANG", "ONE", "PWD"].includes(name))).toEqual([]);
  expect(await readFile(join(root.path, "made"), "utf8")).toBe("1");
});

test("runInstaller() gives an offline install no network", async () => {
  await using root = await temporaryFolder();
  const server = createServer((_, response) => response.end("reached"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const code = `fetch("http://127.0.0.1:${port}").then((r) => r.text()).then(console.log, (e) => console.log(e.cause.code))`;
  const offline = await runCode({ folder: root.path, code, hasNetwork: false });
  const online = await runCode({ folder: root.path, code });
  server.closeAllConnections();
  server.close();
  expect([offline.stdout.trim(), online.stdout.trim()]).toEqual([expect.not.stringContaining("reached"), "reached"]);
});

test("runInstaller() shows no variable's value in the process list", async () => {
  await using root = await temporaryFolder();
  const ending = new AbortController();
  const code = `require("fs").writeFileSync("/install/up", ""); setInterval(() => {}, 1000)`;
  const environment = { https_proxy: "http://user:proxy-password-of-mine@proxy.example" };
  const running = runCode({ folder: root.path, code, environment, signal: ending.signal }).catch(
    (error: unknown) => error,
  );
  while (!(await readFile(join(root.path, "up")).catch(() => undefined)))
    await new Promise((next) => setTimeout(next, 20));
  const lines = [];
  for (const path of globSync("/proc/[0-9]*/cmdline")) lines.push(await readFile(path, "latin1").catch(() => ""));
  expect(lines.some((line) => line.includes("/install/up"))).toBe(true);
  expect(lines.filter((line) => line.includes("proxy-password-of-mine"))).toEqual([]);
  ending.abort();
  expect(await running).toMatchObject({ code: "CANCELLED" });
});
