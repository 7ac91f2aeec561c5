import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createByteSearch,
  type Finding,
  searchFiles,
  type Wanted,
} from "../../packages/cli/src/search/search-files.ts";
import { type ProcessWatch, watchProcesses } from "../../packages/cli/src/search/watch-processes.ts";
import { type AdminNats, startAdminNats } from "../support/admin-nats.ts";
import { type Gate, makeGate } from "../support/gate.ts";
import { openStage, type RunReport, type Stage } from "../support/stage.ts";

/** Long enough to be found by no accident, with characters that every encoding treats in its own way. */
const canary = (label: string): Wanted => ({
  label,
  value: `${randomBytes(24).toString("base64url")}"$\\é\n${randomBytes(9).toString("hex")}`,
});

const secrets = {
  service: canary("service secret"),
  project: canary("project secret"),
  platform: canary("platform secret"),
  inside: canary("leaf of a structured secret"),
  parameter: canary("parameter"),
  setByScript: canary("secret that a script set"),
  state: canary("state that a script put"),
};
/** No secret: it goes every way that a secret must not go, so that the search is known to see. */
const marker: Wanted = { label: "control", value: `control-${randomBytes(24).toString("hex")}` };
const everything = [...Object.values(secrets), marker];

/** Leaks in every way that a careless script can, then waits at a gate with all values in memory. */
const files = (gate: Gate) => ({
  "leak.ts": `import { context, getSecret } from "@sealrun/sdk";
    const values = ["SERVICE", "PROJECT", "PLATFORM"].map((name) => String(getSecret(name)));
    values.push((getSecret("STRUCTURED") as any).inner[0].password);
    const parameter = String(context.params.secretParameter);
    context.secrets.set("MADE", getSecret("TO_SET"), "project");
    context.state.put("kept", getSecret("TO_KEEP"));
    values.push(String(getSecret("TO_SET")), String(getSecret("TO_KEEP")));
    console.log(process.env.MARKER, parameter.length);
    for (const value of values) {
      console.log(value);
      console.error("as an error", JSON.stringify({ value }));
      for (const encoding of ["base64", "base64url", "hex"] as const) console.log(Buffer.from(value).toString(encoding));
      console.log(Buffer.from("user:" + value).toString("base64"), encodeURIComponent(value));
      context.logging.warning("logged " + value);
    }
    context.result({ values });
    await fetch(${JSON.stringify(gate.url)});`,
  "leak.py": `import base64
from sealrun import context
for name in ["SERVICE", "PROJECT", "PLATFORM", "MADE"]:
    value = context.secrets.get(name)
    print(value, value.encode().hex(), base64.b64encode(value.encode()).decode(), repr(value))
    context.logging.error("logged " + value)
raise ValueError("a stack trace with " + context.secrets.get("SERVICE"))`,
  "leak.sh": `# A command line that others can read: the control stands there, a secret never does.
sh -c 'sleep 0.5' "$MARKER"
sealrun-context get SERVICE`,
  "secrets.json": {
    SERVICE: secrets.service.value,
    STRUCTURED: { inner: [{ password: secrets.inside.value }] },
    TO_SET: secrets.setByScript.value,
    TO_KEEP: secrets.state.value,
  },
  "manifest.json": {
    network: "host",
    description: `Leaks what it can (${marker.value})`,
    steps: ["leak.sh", "leak.ts", "leak.py"].map((script) => ({ script, env: { MARKER: marker.value } })),
  },
});

/** What every search of the test found, by the kind of place. */
const found = new Map<string, readonly Finding[]>();
let stage: Stage;
let nats: AdminNats;
let report: RunReport;

beforeAll(async () => {
  const startedAt = Date.now();
  nats = await startAdminNats();
  const search = createByteSearch(everything);
  const frames: Finding[] = [];
  nats.connection.subscribe(">", {
    callback: (_error, message) => {
      frames.push(...search.find(Buffer.from(message.data), message.subject));
    },
  });
  const gate = await makeGate();
  stage = await openStage({ args: ["--log-level", "trace"], env: { SEALRUN_NATS_URL: nats.url } });
  const watch = watchProcesses(search);
  let watched: ProcessWatch;
  try {
    await prepare(gate);
    const params = JSON.stringify({ secretParameter: secrets.parameter.value });
    const running = stage.must(["run", "team/" + marker.value, "--params", "-", "--wait", "--json"], { stdin: params });
    const failed = running.catch(() => undefined);
    await gate.arrived;
    const planted = join(tmpdir(), `planted-${randomBytes(6).toString("hex")}`);
    await writeFile(planted, marker.value);
    found.set("temporary files during the run", await searchTemporary(startedAt));
    await rm(planted);
    found.set("data folder during the run", (await searchFiles([stage.data], everything)).findings);
    // The event waits in its queue until the run is over; what was delivered is gone from JetStream's files.
    const queued = (await searchFiles([nats.folder], everything)).findings;
    gate.open();
    await failed;
    found.set("JetStream's files", [...queued, ...(await searchFiles([nats.folder], everything)).findings]);
    const list = JSON.parse(await stage.must(["execution", "list", "--json"]));
    report = JSON.parse(await stage.must(["execution", "show", list.executions[0].id, "--json"]));
  } finally {
    watched = await watch.stop();
    await gate.close();
  }
  // The database has it compressed, where a search of bytes is blind.
  found.set("the log of the run", search.find(Buffer.from((await stage.lines(report.id)).join("\n")), "log"));
  await stage.dev.end("SIGTERM");
  const data = (await searchFiles([stage.data], everything)).findings;
  const below = (folder: string): readonly Finding[] =>
    data.filter(({ place }) => place.startsWith(join(stage.data, folder)));
  found.set("both databases' files", below("postgres"));
  found.set(
    "logs at trace",
    data.filter(({ place }) => basename(place).endsWith(".log")),
  );
  found.set("frames on NATS", frames);
  found.set(
    "command lines",
    watched.findings.filter(({ place }) => place === "command line"),
  );
  found.set(
    "environments",
    watched.findings.filter(({ place }) => place === "environment"),
  );
  found.set("other files of the platform", data);
  found.set("what the platform shows", search.find(Buffer.from(JSON.stringify(report)), "report"));
  // All files are searched several times, so that only what hangs is ended.
}, 900_000);

afterAll(async () => {
  await stage.close();
  await nats.close();
});

/** Secrets into all three scopes, by the commands that people use. */
async function prepare(gate: Gate): Promise<void> {
  await stage.must(["project", "create", "team"]);
  const inTeam = ["--scope", "project", "--project", "team"];
  await stage.must(["secret", "set", "PROJECT", ...inTeam], { stdin: secrets.project.value });
  await stage.must(["secret", "set", "PLATFORM", "--scope", "platform"], { stdin: secrets.platform.value });
  await stage.push(`team/${marker.value}`, files(gate));
}

/** New files in the system's temporary folder, but for the tests' own: a package here holds the secrets by intention. */
async function searchTemporary(startedAt: number): Promise<readonly Finding[]> {
  const search = createByteSearch(everything);
  const findings: Finding[] = [];
  for (const name of await readdir(tmpdir())) {
    const path = join(tmpdir(), name);
    const entry = await stat(path).catch(() => undefined);
    if (/^sealrun-(test|whole|demo|cluster|shared)/.test(name) || (entry?.mtimeMs ?? 0) < startedAt - 1_000) continue;
    if (entry?.isDirectory() === true) findings.push(...(await searchFiles([path], everything)).findings);
    else if (entry?.isFile() === true) {
      // Other programs remove their files while this one looks.
      const content = await readFile(path).catch(() => Buffer.alloc(0));
      findings.push(...search.find(content, path));
    }
  }
  return findings;
}

describe("sealrun run", () => {
  test("sealrun run shows of every secret nothing but ***", () => {
    expect(report.steps.map(({ status }) => status)).toEqual(["succeeded", "succeeded", "failed"]);
    expect(report.steps[1]?.output).toContain("***");
    expect(JSON.stringify(report.steps[1]?.result)).toBe(JSON.stringify({ values: Array(6).fill("***") }));
    expect(report.steps[2]?.output).toContain("a stack trace with ***");
  });

  const withControl = [
    "both databases' files",
    "logs at trace",
    "JetStream's files",
    "frames on NATS",
    "command lines",
    "environments",
    "data folder during the run",
    "what the platform shows",
    "the log of the run",
    "temporary files during the run",
    "other files of the platform",
  ];
  test.each(withControl)(
    "sealrun run leaves no secret in %s, in any encoding, and the control is found there",
    (place) => {
      const findings = found.get(place) ?? [];
      expect(findings.filter(({ value }) => value !== marker.label)).toEqual([]);
      expect(findings.map(({ value }) => value)).toContain(marker.label);
    },
  );
});
