import { createHash } from "node:crypto";
import type { JsonValue } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStage, type RunReport, type Stage } from "../support/stage.ts";

const scopes = ["service", "project", "platform"] as const;
type ScopeName = (typeof scopes)[number];
const falsy = ["", 0, false, null, {}] as const;

/** One secret name: in each scope it is missing, has a falsy value, or one that everybody would call a value. */
interface Case {
  readonly name: string;
  readonly at: Readonly<Partial<Record<ScopeName, JsonValue>>>;
}

/** All 27, the falsy values taking turns. */
const cases: readonly Case[] = Array.from({ length: 27 }, (_, number) => {
  const digits = [Math.floor(number / 9), Math.floor(number / 3) % 3, number % 3];
  const at = scopes.flatMap((scope, index): [ScopeName, JsonValue][] => {
    if (digits[index] === 0) return [];
    return [[scope, digits[index] === 1 ? (falsy[(number + index) % falsy.length] ?? "") : `${scope} value ${number}`]];
  });
  return { name: `CASE_${digits.join("")}`, at: Object.fromEntries(at) };
});

/** Strings that something between two programs likes to change. */
const exact: Readonly<Record<string, string>> = {
  EXACT_QUOTES: `double " single ' back \` and \\ back`,
  EXACT_LINES: "first\nsecond\r\nthird\ttab\n\n",
  EXACT_DOLLAR: "$HOME ${PATH} $(id) %s %n !! * ~ && ;",
  EXACT_EMOJI: "héllo 😀 👩‍👩‍👧 日本語 \u2028 \uFEFF end",
  EXACT_SPACES: "   leading and trailing   ",
  EXACT_ZERO: "before\0after",
};

const names = [...cases.map(({ name }) => name), ...Object.keys(exact)];

/** What every script prints of a name: how it came, and the SHA-256 of its text. Values themselves would be masked. */
function expectedLine(name: string, value: JsonValue | undefined, language: "typed" | "shell"): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  if (language === "typed") return `${name} ${typeof value === "string" ? "text" : "json"} ${sha(text)}`;
  return value === undefined ? `${name} 1 ${sha("")}` : `${name} 0 ${sha(text)}`;
}

const expectedLines = (language: "typed" | "shell"): readonly string[] => [
  ...cases.map(({ name, at }) => {
    const first = scopes.find((scope) => Object.hasOwn(at, scope));
    return expectedLine(name, first === undefined ? undefined : at[first], language);
  }),
  ...Object.entries(exact).map(([name, value]) => expectedLine(name, value, language)),
];

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

const files = {
  "look.ts": `import { createHash } from "node:crypto"; import { context } from "@sealrun/sdk";
    for (const name of ${JSON.stringify(names)}) {
      const value = context.secrets.get(name);
      const text = typeof value === "string" ? value : JSON.stringify(value);
      console.log(name, typeof value === "string" ? "text" : "json", createHash("sha256").update(text).digest("hex"));
    }`,
  "look.py": `import hashlib, json
from sealrun import context
for name in ${JSON.stringify(names)}:
    value = context.secrets.get(name)
    text = value if isinstance(value, str) else json.dumps(value)
    print(name, "text" if isinstance(value, str) else "json", hashlib.sha256(text.encode()).hexdigest())`,
  "look.sh": `for name in ${names.join(" ")}; do
  sealrun-context get "$name" >/tmp/value; status=$?
  digest=$(sha256sum </tmp/value)
  echo "$name $status \${digest%% *}"
done`,
};

const inScope = (scope: ScopeName): Readonly<Record<string, JsonValue>> =>
  Object.fromEntries(cases.flatMap(({ name, at }) => (Object.hasOwn(at, scope) ? [[name, at[scope] ?? null]] : [])));
const [inService, inProject, inPlatform] = [inScope("service"), inScope("project"), inScope("platform")];

let stage: Stage;
let report: RunReport;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "team"]);
  const { EXACT_QUOTES, EXACT_LINES, EXACT_EMOJI, EXACT_DOLLAR, ...others } = exact;
  const folder = await stage.write("imports", {
    "project.json": { ...inProject, ...others },
    "platform.json": { ...inPlatform, EXACT_EMOJI },
  });
  await stage.push("team/look", { ...files, "secrets.json": { ...inService, EXACT_QUOTES, EXACT_DOLLAR } });
  const inTeam = ["--scope", "project", "--project", "team"];
  await stage.must(["secret", "import", `${folder}/project.json`, ...inTeam, "--allow-empty"]);
  await stage.must(["secret", "import", `${folder}/platform.json`, "--scope", "platform", "--allow-empty"]);
  // From standard input a string loses one final newline, and no more.
  await stage.must(["secret", "set", "EXACT_LINES", ...inTeam], { stdin: `${EXACT_LINES ?? ""}\n` });
  report = await stage.run("team/look");
});
afterAll(async () => stage.close());

const outputOf = (script: string): readonly string[] =>
  (report.steps.find((step) => step.script === script)?.output ?? "").trimEnd().split("\n");

describe("context.secrets.get()", () => {
  test("context.secrets.get() finds the narrowest of 27 combinations in TypeScript, byte for byte", () => {
    expect(outputOf("look.ts")).toEqual(expectedLines("typed"));
  });

  test("context.secrets.get() finds the same in Python", () => {
    expect(outputOf("look.py")).toEqual(expectedLines("typed"));
  });

  test("sealrun-context get finds the same in shell, and exits 1 only for what is missing everywhere", () => {
    expect(outputOf("look.sh")).toEqual(expectedLines("shell"));
  });

  test("sealrun run shows on the receipt which scope answered each name, once for each step", () => {
    const wanted = cases.map(({ name, at }) => `${name} ${scopes.find((scope) => Object.hasOwn(at, scope)) ?? "none"}`);
    for (const step of ["look.ts", "look.py", "look.sh"]) {
      const rows = report.receipt.filter((row) => row.step === step && row.name.startsWith("CASE_"));
      expect(rows.map(({ name, scope }) => `${name} ${scope ?? "none"}`)).toEqual(wanted);
    }
  });
});
