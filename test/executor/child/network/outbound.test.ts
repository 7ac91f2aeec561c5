import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientPrograms } from "../../../support/client-programs.ts";
import { programs } from "../../../support/servers.ts";
import { isTunOpen } from "../../../support/tun.ts";
import type { WaitingProcess } from "../../../../executor/src/child/warm/start-ahead.ts";
import { type PackageOptions, runPackage } from "../../run-package.ts";
import { attackScript, openTargets, type Targets } from "./attacks.ts";
import { type Internet, openInternet } from "./internet.ts";
import { localAddresses } from "./local-addresses.ts";

const execute = promisify(execFile);
const { slirp4netns } = programs();
const isRoot = process.getuid?.() === 0;
const canCarry = slirp4netns !== null && (await isTunOpen()) && existsSync("/usr/sbin/ip");

let targets: Targets;
let internet: Internet | undefined;
/** On every address of this machine. */
let everywhere: Server;
let port = 0;
let reached = 0;
beforeAll(async () => {
  targets = await openTargets();
  everywhere = createServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  everywhere.listen(0, "::");
  await once(everywhere, "listening");
  const address = everywhere.address();
  if (typeof address === "object" && address !== null) port = address.port;
  if (isRoot && canCarry) internet = await openInternet(slirp4netns, 1);
});
afterAll(async () => {
  await targets.close();
  await internet?.close();
  await new Promise((resolve) => everywhere.close(resolve));
});

const runOutbound = async (
  files: Readonly<Record<string, string>>,
  own: Targets["own"] = {},
  more: Partial<PackageOptions> = {},
) =>
  runPackage({
    ...more,
    files,
    own: { ADDRESS: internet?.address ?? "", OWN: internet?.own ?? "", PORT: String(port), ...own },
    network: "outbound",
    slirp4netns: internet?.slirp4netns ?? slirp4netns ?? undefined,
  });

/** The processes of slirp4netns that this test started. */
async function carriers(): Promise<readonly string[]> {
  const lines = await Promise.all(
    (await readdir("/proc"))
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => readFile(`/proc/${name}/stat`, "latin1").catch(() => "")),
  );
  const own = lines.filter(
    (line) => line.includes(`(slirp4netns) `) && line.split(") ")[1]?.split(" ")[1] === `${process.pid}`,
  );
  return own;
}

/** What needs root to be seen, or a machine on which slirp4netns works. */
const kinds = isRoot && canCarry ? ["root"] : [];

test('runStep() does not start a script with the network "outbound" where slirp4netns is not to be used', async () => {
  const run = runPackage({ files: { "main.sh": "echo started" }, network: "outbound" });
  await expect(run).rejects.toMatchObject({ code: "NETWORK_NOT_ENFORCED" });
});

test('runStep() does not start a script whose network "outbound" cannot be made, and leaves no process', async () => {
  const files = { "main.sh": "echo started" };
  const run = runPackage({ files, network: "outbound", slirp4netns: "/usr/bin/false" });
  await expect(run).rejects.toMatchObject({
    code: "NETWORK_NOT_ENFORCED",
    message: expect.stringContaining("install slirp4netns and iproute2"),
  });
  expect(await carriers()).toEqual([]);
});

test('runStep() offers the network "outbound" to root, and to a user who may open the device for it', () => {
  // What the tests below need; elsewhere findForms() says what is missing.
  expect(kinds.length > 0).toBe(isRoot && canCarry);
});

for (const kind of kinds) {
  test(`runStep() with the network "outbound" leads a script of ${kind} to the internet, by names too`, async () => {
    const script = `#!/bin/sh
set -e
curl -sS http://$ADDRESS/
curl -sS http://curl.example.test/
python3 -c 'import urllib.request; print(urllib.request.urlopen("http://python.example.test/").read().decode(), end="")'
node -e 'fetch("http://node.example.test/").then(async (page) => process.stdout.write(await page.text()))'
cat /etc/resolv.conf
`;
    const { python, own } = await clientPrograms();
    const run = await runOutbound({ "main.sh": script }, own, { python });
    const names = [internet?.address ?? "", "curl.example.test", "python.example.test", "node.example.test"];
    const pages = names.map((name) => `page for ${name}\n`).join("");
    expect(run).toMatchObject({ stderr: "", exitCode: 0, stdout: expect.stringContaining(pages) });
    expect(run.stdout).toContain("nameserver 203.0.113.3\n");
    expect(await carriers()).toEqual([]);
  });

  test(`runStep() with the network "outbound" keeps a script of ${kind} from this machine and cloud metadata`, async () => {
    const before = [targets.connections(), reached];
    const script = `${attackScript.replace('attempt("address"', 'attempt("internet"').replace("1.1.1.1", "198.51.100.6")}
for name, address in (("own", os.environ["OWN"]), ("gateway", "203.0.113.2"), ("names", "203.0.113.3")):
    attempt(name, socket.AF_INET, (address, int(os.environ["PORT"])))
for address in os.environ["OTHERS"].split():
    attempt("other", socket.AF_INET6 if ":" in address else socket.AF_INET, (address, int(os.environ["PORT"])))
attempt("v6", socket.AF_INET6, ("::1", int(os.environ["PORT"])))
`;
    const others = localAddresses().filter((address) => address !== internet?.own);
    const run = await runOutbound({ "main.py": script }, { ...targets.own, OTHERS: others.join(" ") });
    expect(run.stdout.split("\n").filter((line) => line.endsWith(" reached"))).toEqual(["internet reached"]);
    for (const line of ["loopback ECONNREFUSED", "abstract ECONNREFUSED", "metadata EACCES", "own EACCES"]) {
      expect(run.stdout).toContain(`${line}\n`);
    }
    expect([targets.connections(), reached]).toEqual(before);
  });

  test(`runStep() with the network "outbound" refuses IPv6 to a script of ${kind} at once, and uses the other addresses of a name`, async () => {
    const script = `import errno, os, socket, time, urllib.request
def attempt(address):
  begun = time.monotonic()
  try: socket.create_connection((address, 80), 30).close(); end = "reached"
  except OSError as error: end = errno.errorcode.get(error.errno, repr(error))
  print(address, end, "at once" if time.monotonic() - begun < 2 else "late")
# Until then, the kernel looks whether another machine has the address of the link itself.
while any(line.split()[5] == "tap0" and int(line.split()[4], 16) & 0x40 for line in open("/proc/net/if_inet6")): time.sleep(0.1)
for address in ("2001:db8::1", "fd00:ec2::254", "fec0::2", "64:ff9b::a9fe:a9fe", "::ffff:169.254.169.254", "six.example.test"): attempt(address)
print(urllib.request.urlopen("http://both.example.test/").read().decode(), end="")`;
    const unreached = ["2001:db8::1", "fd00:ec2::254", "fec0::2", "64:ff9b::a9fe:a9fe", "six.example.test"];
    const { stdout, stderr } = await runOutbound({ "main.py": script });
    expect(stderr).toBe("");
    expect(stdout.split("\n").toSorted()).toEqual(
      [
        ...unreached.map((address) => `${address} ENETUNREACH at once`),
        "::ffff:169.254.169.254 EACCES at once",
        "page for both.example.test",
        "",
      ].toSorted(),
    );
    const node = `for (const name of ["six", "both"]) {
  const begun = performance.now();
  const got = await fetch("http://" + name + ".example.test/").then(async (page) => page.text(), ({ cause }) => cause.code + "\\n");
  process.stdout.write(performance.now() - begun < 2_000 ? got : "late " + got);
}`;
    const fetched = await runOutbound({ "main.mjs": node });
    expect(fetched.stdout).toBe("ENETUNREACH\npage for both.example.test\n");
  });

  test(`runStep() with the network "outbound" uses a process of ${kind} that was started ahead, with its network`, async () => {
    const script = `import { connect } from "node:net";
const page = await fetch("http://" + process.env.ADDRESS);
process.stdout.write(await page.text());
connect(Number(process.env.PORT), process.env.OWN).on("error", ({ code }) => console.log(code));
`;
    const run = await runOutbound({ "main.mjs": script }, {}, { start: "warm" });
    const stdout = `page for ${internet?.address}\nEACCES\n`;
    expect(run).toMatchObject({ wasAhead: true, stderr: "", stdout });
    expect(await carriers()).toEqual([]);
  });

  test(`runStep() of ${kind} starts its own process when this machine has got an address since the other was started`, async () => {
    const lo = async (verb: string): Promise<unknown> => execute("ip", ["address", verb, "192.0.2.77/32", "dev", "lo"]);
    const onAhead = async (ahead: WaitingProcess): Promise<void> => {
      expect(await ahead.memoryBytes).toBeGreaterThan(0);
      expect(await carriers()).toHaveLength(1);
      await lo("add");
    };
    try {
      const ended = await runOutbound({ "main.sh": "echo ran" }, {}, { start: "warm", onAhead });
      expect(ended).toMatchObject({ wasAhead: false, stdout: "ran\n" });
    } finally {
      await lo("delete");
    }
    expect(await carriers()).toEqual([]);
  });

  test(`runStep() with the network "outbound" lets a script of ${kind} change no rule of it`, async () => {
    const script = `#!/bin/sh
ip rule del pref 200 2>&1 | head -1
ip addr add 169.254.169.254/32 dev tap0 2>&1 | head -1
ip route add 169.254.0.0/16 dev tap0 2>&1 | head -1
`;
    const run = await runOutbound({ "main.sh": script });
    expect(run.stdout.match(/not permitted/g)).toHaveLength(3);
  });

  test(`runStep() ends slirp4netns of ${kind} with a step that is cancelled`, async () => {
    const cancel = new AbortController();
    const run = runPackage({
      files: { "main.sh": "echo up; sleep 600" },
      network: "outbound",
      slirp4netns: internet?.slirp4netns ?? undefined,
      graceMs: 100,
      signal: cancel.signal,
      onStdout: () => cancel.abort(),
    });
    expect(await run).toMatchObject({ cancelled: true });
    expect(await carriers()).toEqual([]);
  });
}
