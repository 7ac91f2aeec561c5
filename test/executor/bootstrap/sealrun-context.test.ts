import fs from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { answerFrom, hangUp, received, runScript, type ScriptRun } from "../../support/script-peer.ts";

const helper = new URL("../../../executor/src/bootstrap/", import.meta.url).pathname;

const awkward = "a'b\"c $HOME `x` \\n \\\\ \t\r\n ✓ 🦀 %s\n\n";
const values: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["a newline", "\n"],
  ["quotes, newlines, $ and emoji", awkward],
  ["a NUL byte", "a\0b\0"],
  ["1 MiB", `${"x\n🦀".repeat(174_762)}ab`],
];

async function shell(script: string, options: Partial<Parameters<typeof runScript>[0]> = {}): Promise<ScriptRun> {
  const env = { PATH: `${helper}:${process.env["PATH"] ?? ""}` };
  const run = await runScript({ command: ["/bin/sh", "-c", script], handler: answerFrom({}), env, ...options });
  expect(run.faults).toEqual([]);
  return run;
}

describe("sealrun-context get", () => {
  it.each(values)("writes %s byte for byte", async (_, value) => {
    const run = await shell("sealrun-context get X", { handler: answerFrom({ secrets: { X: value } }) });
    expect(run.code).toBe(0);
    expect(run.stdout.equals(Buffer.from(value))).toBe(true);
  });

  it("writes values that are not strings as JSON, falsy ones too", async () => {
    const secrets = { A: 0, B: false, C: null, D: {}, E: { a: [1, "x"] } };
    const run = await shell("for n in A B C D E; do sealrun-context get $n || echo missing; echo; done", {
      handler: answerFrom({ secrets }),
    });
    expect(run.stdout.toString()).toBe('0\nfalse\nnull\n{}\n{"a":[1,"x"]}\n');
  });

  it("writes nothing and exits 1 for a missing name", async () => {
    const run = await shell("sealrun-context get X");
    expect([run.code, run.stdout.toString(), run.stderr]).toEqual([1, "", ""]);
  });

  it("prints code and sentence of a refusal and exits 70", async () => {
    const run = await shell("sealrun-context get BROKEN");
    expect([run.code, run.stdout.toString()]).toEqual([70, ""]);
    expect(run.stderr).toBe('sealrun-context: TAMPERED: the secret "BROKEN" was changed\n');
  });

  it("takes no line of another pipe that the script has put on descriptor 4", async () => {
    const script = "exec 4< <(echo mine; echo too); sealrun-context get X; read line <&4; echo $line";
    const run = await shell(script, {
      command: ["/bin/bash", "-c", script],
      handler: answerFrom({ secrets: { X: "x" } }),
    });
    expect([run.stdout.toString(), run.requests]).toEqual(["mine\n", []]);
    expect(run.stderr).toContain("this process has no channel to its executor");
  });

  it("answers 8 background jobs of 200 names each without one wrong answer", async () => {
    const secrets: Record<string, JsonValue> = {};
    for (let job = 0; job < 8; job += 1)
      for (let n = 0; n < 200; n += 1) secrets[`S_${job}_${n}`] = `value ${job} ${n}`;
    const job = `ask() { n=0; while [ $n -lt 200 ]; do
      [ "$(sealrun-context get S_$1_$n)" = "value $1 $n" ] && echo right || echo wrong; n=$((n + 1)); done; }
      for j in 0 1 2 3 4 5 6 7; do ask $j & done; wait`;
    const run = await shell(job, { handler: answerFrom({ secrets }) });
    expect(run.stdout.toString()).toBe("right\n".repeat(1600));
    expect(run.stderr).toBe("");
  }, 180_000);

  it("does not hold the token while its reader is slow", async () => {
    const secrets = { BIG: "x".repeat(1_000_000), SMALL: "s" };
    const run = await shell("sealrun-context get BIG | { sealrun-context get SMALL; wc -c; }", {
      handler: answerFrom({ secrets }),
    });
    expect(run.stdout.toString()).toBe("s1000000\n");
  });

  it("leaves the channel usable when its reader goes away", async () => {
    const secrets = { BIG: "x".repeat(1_000_000), SMALL: "s" };
    const run = await shell("sealrun-context get BIG | true; sealrun-context get SMALL", {
      handler: answerFrom({ secrets }),
    });
    expect(run.stdout.toString()).toBe("s");
  });

  it("wakes all programs that wait for the token when the executor goes", async () => {
    const run = await shell("for n in 1 2 3 4; do sealrun-context get X & done; wait", { handler: hangUp });
    expect(run.stderr).toBe("sealrun-context: the exchange with the executor was cut short\n".repeat(4));
  });

  it("says in one sentence that a process without the descriptors has no channel", async () => {
    const run = await shell("sealrun-context get X 3<&- 4<&-");
    expect(run.code).toBe(70);
    expect(run.stderr).toMatch(/^sealrun-context: this process has no channel to its executor; .*\n$/);
  });
});

describe("sealrun-context set", () => {
  it.each(values)("sends %s without one final newline", async (_, value) => {
    const secrets: Record<string, JsonValue> = {};
    const run = await shell("sealrun-context set X --scope project", {
      handler: answerFrom({ secrets }),
      stdin: value,
    });
    expect([run.code, run.stderr]).toEqual([0, ""]);
    expect(secrets["X"] === value.replace(/\n$/, "")).toBe(true);
    expect(run.requests[0]).toMatchObject({ op: "set", name: "X", scope: "project", raw: true });
  });

  it("removes one final newline from values of every length and last byte", async () => {
    const endings = ["@\n", "p\n", "a\n", "ab\n", "ab@\n", "abc\n", "\n\n", "é\n", "a\n\n"];
    const secrets: Record<string, JsonValue> = {};
    const script =
      'n=0; while IFS= read -r v; do printf "$v" | sealrun-context set V$n --scope=project; n=$((n+1)); done';
    const stdin = endings.map((text) => `${text.replaceAll("\n", String.raw`\n`)}\n`).join("");
    await shell(script, { handler: answerFrom({ secrets }), stdin });
    expect(Object.values(secrets)).toEqual(endings.map((text) => text.slice(0, -1)));
  });

  it("sends JSON with --value-json", async () => {
    const secrets: Record<string, JsonValue> = {};
    await shell("sealrun-context set X --scope platform --value-json", {
      handler: answerFrom({ secrets }),
      stdin: '{"a": [1]}\n',
    });
    expect(secrets["X"]).toEqual({ a: [1] });
  });

  it("refuses a value on the command line and a scope that is not writable", async () => {
    const onLine = await shell("sealrun-context set X hunter2 --scope project");
    expect(onLine.code).toBe(64);
    expect(onLine.stderr).toContain("standard input");
    expect(onLine.stderr).not.toContain("hunter2");
    const service = await shell("echo x | sealrun-context set X --scope service");
    expect([service.code, service.stderr]).toEqual([
      70,
      'sealrun-context: SCOPE_NOT_WRITABLE: a script cannot set the scope "service"\n',
    ]);
  });
});

describe("sealrun-context state, param, result, log", () => {
  it("keeps state by any key", async () => {
    const state: Record<string, JsonValue> = {};
    const run = await shell(
      `printf 'v 1' | sealrun-context state put 'k "\\ \t 🦀'; sealrun-context state get 'k "\\ \t 🦀'; echo; sealrun-context state get`,
      { handler: answerFrom({ state }) },
    );
    expect(state).toEqual({ 'k "\\ \t 🦀': "v 1" });
    expect(run.stdout.toString()).toBe(`v 1\n${JSON.stringify(state)}`);
  });

  it("reads a parameter", async () => {
    const run = await shell("sealrun-context param day", { handler: answerFrom({ params: { day: "Monday" } }) });
    expect(run.stdout.toString()).toBe("Monday");
  });

  it("sends results and log lines as they were written", async () => {
    const seen: unknown[] = [];
    await shell(
      `echo '{"n":1}' | sealrun-context result --value-json; sealrun-context log info "line 1
"'line "2" 🦀'; echo piped | sealrun-context log error`,
      {
        handler: (request, raw) => {
          seen.push([request.op, "level" in request ? request.level : "", received(request, raw)]);
          return { reply: { ok: true } };
        },
      },
    );
    expect(seen).toEqual([
      ["result", "", { n: 1 }],
      ["log", "info", 'line 1\nline "2" 🦀'],
      ["log", "error", "piped"],
    ]);
  });

  it("is executable", () => {
    expect(fs.statSync(`${helper}sealrun-context`).mode & 0o111).toBe(0o111);
  });
});
