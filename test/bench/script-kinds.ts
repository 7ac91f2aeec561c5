import { findCacheFolder } from "../../packages/cli/src/setup/cache-folder.ts";
import { findPrograms, type Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { type BareProgram, barePython } from "../support/bare-python.ts";
import { plainRun } from "../support/cost-of-runs.ts";

/** A script that reads one secret and prints one line, and the same without a platform: the value is in a variable. */
export interface ScriptKind {
  readonly name: "node" | "python" | "shell";
  /** As in a sentence. */
  readonly what: string;
  /** The package: without a manifest, its network is the default. */
  readonly files: Readonly<Record<string, string>>;
  /** With the interpreter that the executor starts too. */
  readonly bare: BareProgram & { readonly file: string; readonly text: string };
}

/** One kind for each runtime of the executor. */
export async function scriptKinds(): Promise<readonly ScriptKind[]> {
  const env = { DB_PASS: "canary" };
  const python = await barePython((await benchPrograms()).python);
  const secrets = { "secrets.json": plainRun["secrets.json"] };
  return [
    {
      name: "node",
      what: "a Node script",
      files: plainRun,
      bare: {
        file: "script.js",
        text: "console.log(`${process.env.DB_PASS.length} characters`);\n",
        program: process.execPath,
        env,
      },
    },
    {
      name: "python",
      what: "a Python script",
      files: {
        "main.py": "from sealrun import get_secret\nprint(f\"{len(get_secret('DB_PASS'))} characters\")\n",
        ...secrets,
      },
      bare: {
        file: "script.py",
        text: "import os\nprint(f\"{len(os.environ['DB_PASS'])} characters\")\n",
        program: python.program,
        env: { ...python.env, ...env },
      },
    },
    {
      name: "shell",
      what: "a shell script",
      files: {
        "main.sh": '#!/bin/sh\nvalue=$(sealrun-context get DB_PASS)\necho "${#value} characters"\n',
        ...secrets,
      },
      bare: { file: "script.sh", text: 'echo "${#DB_PASS} characters"\n', program: "/bin/sh", env },
    },
  ];
}

/** The networks that each row is measured with. */
export const networks = [
  { name: "default", what: "" },
  { name: "none", what: ", no network" },
] as const;

/** The package of a kind, with a manifest where the network is not the default. */
export function packageOf(kind: ScriptKind, network: (typeof networks)[number]["name"]): ScriptKind["files"] {
  if (network === "default") return kind.files;
  const script = Object.keys(kind.files).find((path) => path.startsWith("main."));
  return { ...kind.files, "manifest.json": JSON.stringify({ network, steps: [{ script }] }) };
}

/** The programs that `sealrun dev` finds too. */
export async function benchPrograms(): Promise<Programs> {
  const environment = process.env;
  return findPrograms({
    cacheFolder: await findCacheFolder(environment),
    environment,
    log: (line) => void process.stderr.write(`${line}\n`),
  });
}
