import { afterAll, beforeAll, expect, test } from "vitest";
import { runPackage } from "../../run-package.ts";
import { attackScript, openTargets, type Targets } from "./attacks.ts";

let targets: Targets;
beforeAll(async () => {
  targets = await openTargets();
});
afterAll(async () => {
  await targets.close();
});

test('runStep() with the network "none" keeps a script from every address', async () => {
  const before = targets.connections();
  const own = targets.own;
  const run = await runPackage({ files: { "main.py": attackScript }, own, network: "none" });
  expect(run).toMatchObject({
    exitCode: 0,
    stdout:
      "loopback ECONNREFUSED\ndebugger ECONNREFUSED\nabstract ECONNREFUSED\nmetadata ENETUNREACH\naddress ENETUNREACH\n",
  });
  expect(targets.connections()).toBe(before);
});

test('runStep() with the network "host" reaches this machine, so that the attacks are known to work', async () => {
  const before = targets.connections();
  const run = await runPackage({ files: { "main.py": attackScript }, own: targets.own, network: "host" });
  expect(run.stdout).toContain("loopback reached\ndebugger reached\nabstract reached\n");
  expect(targets.connections()).toBe(before + 2);
});

test('runStep() with the network "none" lets a script talk to itself', async () => {
  const script = `import { createServer, connect } from "node:net";
const server = createServer((socket) => socket.end("itself")).listen(0, "127.0.0.1", () => {
  connect(server.address().port, "127.0.0.1").on("data", (text) => { console.log(String(text)); server.close(); });
});`;
  expect(await runPackage({ files: { "main.mjs": script }, network: "none" })).toMatchObject({ stdout: "itself\n" });
});

test("runStep() starts no script without a sandbox whose network must be limited", async () => {
  const run = runPackage({ files: { "main.sh": "echo started" }, network: "none", unsafe: true });
  await expect(run).rejects.toMatchObject({
    code: "NETWORK_NOT_ENFORCED",
    message: "This executor has no sandbox and cannot enforce the network of the package",
  });
});
