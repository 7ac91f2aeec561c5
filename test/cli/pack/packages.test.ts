import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packClient, type PackedClient } from "../../../packages/cli/pack/pack-client.ts";
import { packServer } from "../../../packages/cli/pack/pack-server.ts";
import { commandEnvironment, type DevProcess, startDevProcess } from "../../support/dev-process.ts";
import { type CommandResult, runSealrun } from "../../support/run-command.ts";
import { writeFiles } from "../../support/stage.ts";

const run = promisify(execFile);
const modules = fileURLToPath(new URL("../../../node_modules/", import.meta.url));

let folder: string;
let client: PackedClient;
let clientFolder: string;
let server: [string, ...string[]];
let dev: DevProcess | undefined;

/** The packages hold what is built: `npm test` builds before it tests. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-packages-"));
  const packed = join(folder, "packed");
  client = await packClient(packed);
  clientFolder = await installOffline(client.tarball);
  server = [process.execPath, join(await unpackServer((await packServer(packed)).tarball), "bin/sealrun-server.js")];
  dev = await startDevProcess({ folder, program: server });
});
afterAll(async () => {
  await dev?.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

function started(): DevProcess {
  if (dev === undefined) throw new TypeError("The platform was not started");
  return dev;
}

/** Node quotes the line of a failure, and a bundle has few lines. */
function tailOf(result: CommandResult): CommandResult {
  return { ...result, stderr: result.stderr.slice(-500) };
}

/** Into an empty folder, with an empty cache and no network. */
async function installOffline(tarball: string): Promise<string> {
  const prefix = join(folder, "laptop");
  await mkdir(prefix);
  const args = ["install", "--offline", "--prefix", prefix, "--cache", join(folder, "no-cache"), tarball];
  await run("npm", args, { cwd: prefix });
  return join(prefix, "node_modules/sealrun");
}

/** As npm would lay it out: its libraries, which are on a registry, are those of the repository. */
async function unpackServer(tarball: string): Promise<string> {
  const into = join(folder, "server/node_modules");
  await mkdir(join(into, "sealrun-server"), { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", join(into, "sealrun-server"), "--strip-components=1"]);
  const own = new Set(["sealrun", "@sealrun"]);
  const libraries = (await readdir(modules)).filter((name) => !own.has(name) && !name.startsWith("."));
  await Promise.all(libraries.map(async (name) => symlink(join(modules, name), join(into, name))));
  return join(into, "sealrun-server");
}

/** The Node of this machine, beside the one that the repository brings. */
async function systemNode(): Promise<string> {
  for (const path of (process.env["PATH"] ?? "").split(":").filter((one) => !one.includes("node_modules"))) {
    const found = await access(join(path, "node")).then(
      () => true,
      () => false,
    );
    if (found) return join(path, "node");
  }
  return process.execPath;
}

describe("packClient()", () => {
  test("packClient() takes nothing of the platform, of a database or of native code", async () => {
    const server = client.inputs.filter((path) =>
      /^(?:packages\/(?:platform|keyring|postgres|nats)|executor)\//.test(path),
    );
    expect(server.toSorted()).toEqual([
      "executor/src/channel/answer-request.ts",
      "executor/src/channel/frames.ts",
      "executor/src/local/answer-shell.ts",
      "executor/src/references/jq-worker.ts",
      "executor/src/references/run-jq.ts",
      "packages/platform/src/schedules/check-schedule.ts",
      "packages/platform/src/schedules/cron-times.ts",
      "packages/platform/src/schedules/due-times.ts",
      "packages/platform/src/schedules/zone-clock.ts",
    ]);
    const libraries = client.inputs.filter((path) =>
      /node_modules\/(?:pg|nats|fastify|execa|pino|esbuild)\b/.test(path),
    );
    expect(libraries).toEqual([]);
    expect(client.builtins.filter((name) => name.startsWith("@") || name === "pg")).toEqual([]);
  });

  test("packClient() packs no native file, no Linux program's name, and every library's licence", async () => {
    const files = await readdir(clientFolder, { recursive: true });
    expect(files.filter((file) => file.endsWith(".node"))).toEqual([]);
    const bundle = await readFile(join(clientFolder, "dist/sealrun.js"), "utf8");
    expect(["setpriv", "prlimit", "bwrap"].filter((name) => bundle.includes(name))).toEqual([]);
    const { dependencies, engines } = JSON.parse(await readFile(join(clientFolder, "package.json"), "utf8"));
    expect({ dependencies, engines }).toEqual({ dependencies: undefined, engines: { node: ">=20.17" } });
    const licences = await readFile(join(clientFolder, "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const library of ["zod", "commander", "@babel/parser", "croner", "jq-wasm", "tweetnacl"]) {
      expect(licences).toMatch(new RegExp(`^${library} \\d+\\.\\d+`, "m"));
    }
    await access(join(folder, "laptop/node_modules/.bin/sealrun"));
  });
});

describe("packServer()", () => {
  test("packServer() packs every command under its own name", async () => {
    const help = await runSealrun(["--help"], { program: server, cwd: folder, env: commandEnvironment(folder) });
    expect(help.stdout).toMatch(/^Usage: sealrun-server /);
    const licences = await readFile(
      join(folder, "server/node_modules/sealrun-server/THIRD-PARTY-LICENSES.txt"),
      "utf8",
    );
    expect(licences).toMatch(/^react \d+\.\d+.* \(MIT\)$/m);
    for (const command of ["dev", "demo", "doctor", "push"])
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  });
});

describe.each([
  ["this machine's Node", systemNode],
  ["the repository's Node", async () => process.execPath],
] as const)("sealrun of the client's package, under %s", (which, findNode) => {
  let node: string;
  let home: string;
  beforeAll(async () => {
    node = await findNode();
    home = join(folder, which.replaceAll(/\W/g, "-"));
    await mkdir(home);
  });

  const sealrun = async (args: readonly string[], stdin = ""): Promise<CommandResult> =>
    runSealrun(args, {
      program: [node, join(clientFolder, "bin/sealrun.js")],
      cwd: home,
      env: { ...commandEnvironment(home), HOME: home, NODE_COMPILE_CACHE: "" },
      stdin,
    });
  const must = async (args: readonly string[], stdin?: string): Promise<string> => {
    const { exitCode, stdout, stderr } = tailOf(await sealrun(args, stdin));
    expect(exitCode, `sealrun ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };

  test("sealrun login, push and run reach a platform", async () => {
    const { url, token, fingerprint } = started();
    await must(["login", url, "--profile", "work", "--fingerprint", fingerprint], token);
    const project = which.replaceAll(/\W/g, "-");
    await must(["project", "create", project]);
    await must(["project", "use", project]);
    const hello = await writeFiles(join(home, "hello"), {
      "hello.ts": 'import { getSecret } from "@sealrun/sdk";\nconsole.log(`region ${getSecret("REGION") === "eu"}`);\n',
      "manifest.json": { schedule: { cron: "0 7 * * 1-5" } },
    });
    expect(await must(["secret", "set", "REGION"], "eu")).toContain(`set REGION in project ${project}, version 1`);
    expect(await must(["check", hello])).toMatch(/^REGION +hello.ts:2 +the project/m);
    expect(await must(["push", hello])).toContain(`pushed ${project}/hello version 1`);
    const output = await must(["run", `${project}/hello`, "--wait"]);
    expect(output).toContain("[hello.ts] region true");
    expect(await must(["package", "list", "--jq", ".packages[].name"])).toBe("hello\n");
    expect(await must(["platform", "health"])).toContain("nats");
    expect(await must(["whoami"])).toContain(`admin on ${url}`);
  });

  test("sealrun local runs Python, the shell and jq, and TypeScript where Node can", async () => {
    const scripts = await writeFiles(join(home, "scripts"), {
      "ef_env.json": { secrets: { A: "one" } },
      "manifest.json": {
        steps: [{ script: "a.py" }, { script: "b.sh", input: 'jq(.secrets.A + "!")' }],
      },
      "a.py": 'from sealrun import get_secret\nprint("python", get_secret("A"))\n',
      "b.sh": 'echo "shell $(sealrun-context get A) $(sealrun-context input)"\n',
    });
    expect(await must(["local", scripts])).toBe("python one\nshell one one!\n");
    expect(await must(["init", "first"])).toContain("wrote first: main.ts");
    await access(join(home, "first/.sealrun/types/index.d.ts"));
    const { stdout: kind } = await run(node, ["-p", "typeof process.features.typescript"]);
    const { exitCode, stderr } = await sealrun(["local", "first"]);
    if (kind.trim() === "string")
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("first has a token") });
    else expect(stderr).toMatch(/^error: main\.ts: sealrun local runs .* with Node 22\.18 or newer, and this is v/);
  });

  test.each([["dev", "--port", "0"], ["nats-setup"], ["platform", "--config", "x"], ["doctor", "--prove"]])(
    "sealrun %s names the package that has the command",
    async (...args) => {
      expect(tailOf(await sealrun(args))).toEqual({
        exitCode: 64,
        stdout: "",
        stderr: `error: sealrun ${args[0]} is in the package sealrun-server; install that on the platform's machine and type: sealrun-server ${args[0]} (USAGE)\n`,
      });
    },
  );

  test("sealrun --help lists the commands of the client only", async () => {
    const help = await must(["--help"]);
    for (const command of ["login", "push", "run", "secret", "local"])
      expect(help).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(help).not.toMatch(/^ {2}(?:dev|demo|doctor|platform|nats-setup)\b/m);
  });
});
