import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DialRules } from "../../../../executor/src/child/network/dial.ts";
import type { Connected } from "../../../../executor/src/child/network/egress.ts";
import { clientPrograms } from "../../../support/client-programs.ts";
import { type PackageOptions, type PackageRun, runPackage } from "../../run-package.ts";
import { attackScript, openTargets, type Targets } from "./attacks.ts";

let targets: Targets;
/** Answers each connection in upper case, once its other end is closed. */
let echo: Server;
let port = 0;
beforeAll(async () => {
  targets = await openTargets();
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    const got: Buffer[] = [];
    socket.on("data", (chunk) => got.push(chunk));
    socket.on("end", () => socket.end(Buffer.concat(got).toString().toUpperCase()));
    socket.on("error", () => undefined);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const address = echo.address();
  if (typeof address === "object" && address !== null) port = address.port;
});
afterAll(async () => {
  await targets.close();
  await new Promise((resolve) => echo.close(resolve));
});

/** The named host of these tests, and the rules with which it is this machine. */
const host = "api.example.test";
const rules = (changes: Partial<DialRules> = {}): DialRules => ({
  allowed: ["127.0.0.1"],
  refused: [],
  platformHosts: [],
  addressesOf: async () => ["127.0.0.1"],
  ...changes,
});

interface Given {
  readonly network?: readonly string[];
  readonly dialRules?: DialRules;
  readonly own?: Readonly<Record<string, string>>;
  readonly python?: PackageOptions["python"];
}

/** Runs a script with named hosts; gives also what it was connected to. */
async function runNamed(
  files: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<PackageRun & { readonly connected: readonly Connected[] }> {
  const connected: Connected[] = [];
  const run = await runPackage({
    files,
    network: [...(given.network ?? [`${host}:${port}`])],
    dialRules: given.dialRules ?? rules(),
    own: { HOST: host, PORT: String(port), ...given.own },
    ...(given.python === undefined ? {} : { python: given.python }),
    onConnected: (seen) => void connected.push(...seen),
  });
  return { ...run, connected };
}

const talk = `
import os, socket
try:
    with socket.create_connection((os.environ["HOST"], int(os.environ["PORT"]))) as peer:
        address = peer.getpeername()[0]
        peer.sendall(b"hello")
        peer.shutdown(socket.SHUT_WR)
        print(peer.recv(100).decode(), address)
except OSError as error:
    print(type(error).__name__)
`;

describe("runStep() with named hosts", () => {
  test("runStep() connects a script to a named host by its name, and counts what both sent", async () => {
    const run = await runNamed({ "main.py": talk });
    expect(run).toMatchObject({ exitCode: 0, stderr: "", stdout: "HELLO 127.80.0.1\n" });
    const of = { host, port, address: "127.0.0.1", outcome: "connected", reason: null };
    expect(run.connected).toEqual([{ ...of, connections: 1, sentBytes: 5, receivedBytes: 5 }]);
  });

  test("runStep() keeps a script with named hosts from everything else of this machine and of the internet", async () => {
    const before = targets.connections();
    const run = await runNamed({ "main.py": attackScript }, { own: targets.own });
    expect(run.stdout).toBe(
      "loopback ECONNREFUSED\ndebugger ECONNREFUSED\nabstract ECONNREFUSED\nmetadata ENETUNREACH\naddress ENETUNREACH\n",
    );
    expect(targets.connections()).toBe(before);
    expect(run.connected).toEqual([]);
  });

  test("runStep() gives a script no other port of a named host, and no other name", async () => {
    const script = `
import os, socket
for target in [(os.environ["HOST"], int(os.environ["HOST_PORT"])), ("other.example.test", int(os.environ["PORT"]))]:
    try:
        socket.create_connection(target, 5)
        print("reached")
    except OSError as error:
        print(type(error).__name__)
`;
    const run = await runNamed({ "main.py": script }, { own: targets.own });
    expect(run.stdout).toBe("ConnectionRefusedError\ngaierror\n");
  });

  test.each([
    ["a loopback address", "127.0.0.1", "127.0.0.1 is a loopback address"],
    ["a mapped loopback address", "::ffff:127.0.0.1", "127.0.0.1 is a loopback address"],
    ["cloud metadata", "169.254.169.254", "169.254.169.254 is a link-local address"],
  ])("runStep() connects to no name that leads to %s", async (_what, address, reason) => {
    const run = await runNamed(
      { "main.py": talk },
      { dialRules: rules({ allowed: [], addressesOf: async () => [address] }) },
    );
    expect(run.stdout).toMatch(/^(?:ConnectionResetError|BrokenPipeError|OSError)\n$/);
    const of = { host, port, address, outcome: "refused", reason, sentBytes: 0, receivedBytes: 0 };
    expect(run.connected).toEqual([{ ...of, connections: 1 }]);
  });

  test("runStep() dials the address that was checked, whatever the name leads to a moment later", async () => {
    const answers = [["192.0.2.1", "127.0.0.1"], ["127.0.0.1"]];
    let asked = 0;
    const addressesOf = async () => answers[Math.min(asked++, 1)] ?? [];
    const before = targets.connections();
    const run = await runNamed(
      { "main.py": talk },
      { dialRules: rules({ allowed: ["192.0.2.1/32"], refused: [], addressesOf }) },
    );
    expect(asked).toBe(1);
    expect(run.stdout).not.toContain("HELLO");
    expect(targets.connections()).toBe(before);
    expect(run.connected.map(({ outcome }) => outcome)).not.toContain("connected");
  });

  test("runStep() gives a name without an address a connection that ends, and says so", async () => {
    const run = await runNamed({ "main.py": talk }, { dialRules: rules({ addressesOf: async () => [] }) });
    expect(run.connected).toMatchObject([{ address: null, outcome: "failed", reason: `${host} has no address` }]);
  });

  test("runStep() ends connections with the step, and listens on ports that only root may use elsewhere", async () => {
    const script = `
import os, socket
with socket.create_connection((os.environ["HOST"], 443)) as low:
    try:
        print("low", low.recv(1))
    except OSError as error:
        print("low", type(error).__name__)
held = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
held.sendall(b"held")
print("held", flush=True)
os._exit(0)
`;
    const run = await runNamed({ "main.py": script }, { network: [`${host}:443`, `${host}:${port}`] });
    expect(run.stdout).toBe("low ConnectionResetError\nheld\n");
    expect(run.connected).toContainEqual(
      expect.objectContaining({ port: 443, outcome: "failed", reason: "ECONNREFUSED" }),
    );
    const open = async () => new Promise((resolve) => echo.getConnections((_error, count) => resolve(count)));
    await expect.poll(open).toBe(0);
  });

  test("runStep() carries megabytes both ways with Node, and 200 connections at once", async () => {
    const script = `
import { connect } from "node:net";
const { HOST, PORT } = process.env;
const talk = (bytes) => new Promise((resolve, reject) => {
  let length = 0;
  connect({ host: HOST, port: Number(PORT), allowHalfOpen: true }).on("error", reject)
    .on("data", (chunk) => { length += chunk.length; }).on("end", () => resolve(length)).end("x".repeat(bytes));
});
console.log(await talk(8_000_000));
console.log((await Promise.all(Array.from({ length: 200 }, () => talk(1_000)))).every((length) => length === 1_000));
`;
    const run = await runNamed({ "main.mjs": script });
    expect(run).toMatchObject({ stderr: "", stdout: "8000000\ntrue\n" });
    expect(run.connected).toMatchObject([{ connections: 201, sentBytes: 8_200_000, receivedBytes: 8_200_000 }]);
  });

  test("runStep() connects curl, Python, Node and git to a named host without a change", async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const pages = new Map([
      ["/page", "a page\n"],
      ["/code.git/info/refs", `${commit}\trefs/heads/main\n`],
      ["/code.git/HEAD", "ref: refs/heads/main\n"],
    ]);
    const web = createHttpServer((request, response) => {
      const page = pages.get(new URL(request.url ?? "", "http://a.test").pathname);
      response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/plain" }).end(page);
    });
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    const address = web.address();
    const at = `${host}:${typeof address === "object" && address !== null ? address.port : 0}`;
    const script = `#!/bin/sh
set -e
curl -sS http://$AT/page
python3 -c 'import os, urllib.request; print(urllib.request.urlopen("http://" + os.environ["AT"] + "/page").read().decode(), end="")'
node -e 'fetch("http://" + process.env.AT + "/page").then(async (page) => process.stdout.write(await page.text()))'
git ls-remote http://$AT/code.git
`;
    const { python, own } = await clientPrograms();
    const run = await runNamed({ "main.sh": script }, { network: [at], own: { ...own, AT: at }, python });
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^(?:a page\n){3}/) });
    expect(run.stdout).toContain(`${commit}\trefs/heads/main`);
    expect(run.connected).toMatchObject([{ outcome: "connected" }]);
  });
});
