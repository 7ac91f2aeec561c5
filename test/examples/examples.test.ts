import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { jsonValue, scope } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { commandEnvironment } from "../support/dev-process.ts";
import { type CommandResult, runSealrun } from "../support/run-command.ts";
import { openStage, type Stage } from "../support/stage.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const examples = globSync("examples/*/README.md", { cwd: repository })
  .toSorted()
  .map((path) => path.split("/")[1] ?? "");

/** All but one that needs its own database: postgres-report.test.ts types its commands. */
const typed = examples.filter((name) => name !== "postgres-report");

const execution = z.looseObject({
  steps: z.array(z.looseObject({ output: z.string() })),
  receipt: z.array(z.looseObject({ name: z.string(), scope: scope.nullable() })),
});

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
});
afterAll(async () => {
  await stage.close();
});

describe.each(typed)("examples/%s", (name) => {
  test("does what its README.md says, word for word", async () => {
    const transcript: string[] = [];
    for (const line of commandsOf(name)) {
      const { stdout, stderr, exitCode } = await type(line);
      expect(exitCode, `${line}\n${stdout}${stderr}`).toBe(0);
      if (!line.startsWith("sealrun run ")) continue;
      const { steps } = execution.parse(JSON.parse(stdout));
      transcript.push(`$ ${line}\n${steps.map((step) => ensureNewline(step.output)).join("")}`);
    }
    expect(transcript.join("\n")).toBe(readText(`examples/${name}/expected-output.txt`));
  });
});

describe.each(examples)("examples/%s", (name) => {
  test("keeps its values out of every other file", () => {
    const values = leavesOf(jsonValue.parse(JSON.parse(readText(`examples/${name}/secrets.json`))));
    const others = globSync(`examples/${name}/**/*.*`, { cwd: repository }).filter(
      (path) => !path.endsWith("/secrets.json"),
    );
    expect(others.filter((path) => values.some((value) => readText(path).includes(value)))).toEqual([]);
  });
});

test("examples/README.md lists every example", () => {
  const listed = [...readText("examples/README.md").matchAll(/^\| \[([\w-]+)\]\(([\w-]+)\/README\.md\)/gm)];
  expect(new Set(listed.map(([, name]) => name))).toEqual(new Set(examples));
});

/** The lines of a page's first shell block. */
function commandsOf(name: string): readonly string[] {
  const [, block = ""] = /```sh\n([^`]*)```/.exec(readText(`examples/${name}/README.md`)) ?? [];
  return block.split("\n").filter((line) => line !== "");
}

/** Types one line: `sealrun …`, or `echo TEXT | sealrun …`. A run is asked for JSON, which holds what is stored. */
async function type(line: string): Promise<CommandResult> {
  const [, text, command = line] = /^echo (\S+) \| (.*)$/.exec(line) ?? [];
  const [program, ...args] = command.split(" ");
  expect(program).toBe("sealrun");
  return runSealrun([...args, ...(args[0] === "run" ? ["--json"] : [])], {
    env: commandEnvironment(stage.folder),
    cwd: repository,
    ...(text === undefined ? {} : { stdin: `${text}\n` }),
  });
}

function ensureNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function leavesOf(value: z.infer<typeof jsonValue>): readonly string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return typeof value === "string" && value.length > 3 ? [value] : [];
}

function readText(path: string): string {
  return readFileSync(`${repository}/${path}`, "utf8");
}
