import { executionInfo, executionList, logPage, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage } from "../../support/stage.ts";
import { until } from "../../support/until.ts";
import { newPerson, type Person } from "../run-here.ts";

const parameters = {
  fields: [
    { type: "int", name: "code", visible: true },
    { type: "text", name: "who" },
  ],
};
const script = [
  'echo "hello $(sealrun-context param who)"',
  'echo "$(sealrun-context get DB_PASS) $(sealrun-context get NOWHERE)"',
  'exit "$(sealrun-context param code)"',
].join("\n");

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await openStage();
  person = await newPerson();
  const { url, token, fingerprint } = stage;
  Object.assign(person.environment, { SEALRUN_URL: url, SEALRUN_TOKEN: token, SEALRUN_FINGERPRINT: fingerprint });
  await stage.must(["project", "create", "acme"]);
  const secrets = { DB_PASS: "a-plain-value" };
  await stage.push("acme/report", { "main.sh": script, "parameters.json": parameters, "secrets.json": secrets });
});
afterAll(async () => {
  await person.leave();
  await stage.close();
});

async function must(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await person.run(args);
  expect(exitCode, stdout + stderr).toBe(0);
  return stdout;
}

const id = async (...args: readonly string[]): Promise<string> =>
  startedExecution.parse(JSON.parse(await must(["run", "acme/report", ...args, "--json"]))).id;

/** Standard error without the id, and why a run waits, said after three seconds in the queue: a busy machine may need them. */
const besidesWaiting = (stderr: string): string => {
  expect(stderr).toMatch(/^started exe_[0-9a-z]{20}\n/);
  return stderr.replaceAll(/^(?:waits: |started exe_).*\n/gm, "");
};

test("sealrun run --wait shows lines by step, how it ended and what it read, and exits with 0", async () => {
  const { exitCode, stdout, stderr } = await person.run([
    "run",
    "acme/report",
    "-p",
    "code=0",
    "-p",
    "who=me",
    "--wait",
  ]);
  expect({ exitCode, stderr: besidesWaiting(stderr) }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.split("\n");
  expect(lines.slice(0, 2)).toEqual(["[main.sh] hello me", "[main.sh] *** "]);
  expect(lines[2]).toMatch(/^succeeded exe_[0-9a-z]{20} in \S+ m?s$/);
  expect(lines[3]).toMatch(/^ {2}main\.sh {2}succeeded, \S+ m?s$/);
  expect(lines.slice(4)).toEqual([
    "read DB_PASS from service, version 1 (masked)",
    "missed NOWHERE: looked in service, project, platform",
    "",
  ]);
});

test("sealrun run --wait exits with 1 when a step fails, and says once which and why", async () => {
  const { exitCode, stdout, stderr } = await person.run(["run", "acme/report", "-p", "code=3", "--wait"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^ {2}main\.sh {2}failed, \S+ m?s$/m);
  expect(besidesWaiting(stderr)).toMatch(
    /^error: Execution exe_\S+ failed: main\.sh ended with exit code 3; its output says why \(EXECUTION_FAILED\)\n$/,
  );
});

test("sealrun run --wait --json prints only the execution, failed or not", async () => {
  const { exitCode, stdout, stderr } = await person.run(["run", "acme/report", "-p", "code=3", "--wait", "--json"]);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "EXECUTION_FAILED" } });
  expect(executionInfo.parse(JSON.parse(stdout))).toMatchObject({
    status: "failed",
    steps: [{ script: "main.sh", status: "failed", exitCode: 3 }],
    receipt: [
      { name: "DB_PASS", scope: "service", version: 1, step: "main.sh" },
      { name: "NOWHERE", scope: null, version: null, outcome: "missing" },
    ],
  });
});

test("sealrun run --wait says after Ctrl-C, or after --timeout, that the run goes on and how to cancel it", async () => {
  const interrupt = new AbortController();
  const start = ["run", "acme/report", "-p", "code=0", "--not-before", "2099-01-01T00:00:00Z", "--wait"];
  const interrupted = person.run(start, "", interrupt.signal);
  const running = await until(async () => {
    const found = await must(["execution", "list", "--status", "queued", "--limit", "1", "--json"]);
    return executionList.parse(JSON.parse(found)).executions[0]?.id;
  });
  interrupt.abort();
  expect(await interrupted).toEqual({
    exitCode: 130,
    stdout: "",
    stderr: expect.stringMatching(
      new RegExp(
        `^started ${running}\n(?:waits: .*\n)?${running} goes on; follow it with: sealrun logs ${running} -f\n` +
          `cancel it with: sealrun execution cancel ${running}\n$`,
      ),
    ),
  });
  expect(await must(["execution", "cancel", running])).toContain("cancelled");
  const late = await person.run([...start, "--timeout", "1s"]);
  expect(late.exitCode).toBe(75);
  expect(besidesWaiting(late.stderr)).toMatch(
    /^error: (exe_\S+) did not end within 1 s and goes on; cancel it with: sealrun execution cancel \1 \(TIMED_OUT\)\n$/,
  );
});

test("sealrun run --help lists the parameters of the package, or says why it cannot", async () => {
  const { stdout } = await person.run(["run", "acme/report", "--help"]);
  expect(stdout).toContain("Parameters of acme/report:\n  code  int\n  who   text, sealed\n");
  expect(await person.run(["run", "acme/nothing", "--help"])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("acme/nothing are not shown: Project acme has no package nothing"),
  });
});

test("sealrun run --params - reads parameters that no process list shows", async () => {
  const params = JSON.stringify({ code: 0, who: "from stdin" });
  const { stdout } = await person.run(["run", "acme/report", "--params", "-", "--wait"], params);
  expect(stdout).toContain("[main.sh] hello from stdin\n");
});

test.each([
  [["-p", "code=x"], 65, "expected a whole number"],
  [["-p", "code=x", "-p", "cod=1"], 65, 'Parameter "code": expected a whole number; Parameter "cod": not a parameter'],
  [["--timeout", "5s"], 64, "--timeout needs --wait"],
  [["--wait", "--timeout", "5"], 64, "--timeout: expected a time such as 90s"],
  [["-p", "cod=1"], 65, 'did you mean "code"'],
  [["-p", "code"], 64, "expected key=value"],
  [["-p", "code=1", "-p", "code=2"], 64, "given twice"],
])("sealrun run refuses the parameters %j", async (args, code, sentence) => {
  const { exitCode, stderr } = await person.run(["run", "acme/report", ...args]);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(sentence);
});

test("sealrun run refuses an integer that would be rounded, as a file of parameters and as -p", async () => {
  const folder = await person.write("numbers", { "a.json": '{"who": "x",\n"code": 12345678901234567168}' });
  const fromFile = await person.run(["run", "acme/report", "--params", `${folder}/a.json`]);
  expect(fromFile.exitCode).toBe(65);
  expect(fromFile.stderr).toContain("a.json:2:9: code: expected an integer that keeps its value");
  const typed = await person.run(["run", "acme/report", "-p", "code=9223372036854775808"]);
  expect(typed.exitCode).toBe(65);
  expect(typed.stderr).toContain('Parameter "code": expected an integer that keeps its value');
});

test("sealrun run says that there is no such package", async () => {
  expect(await person.run(["run", "acme/nothing"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("(PACKAGE_NOT_FOUND)"),
  });
});

test("sealrun execution logs --follow ends with the execution, and logs gives the same lines", async () => {
  const one = await id("-p", "code=0", "-p", "who=me");
  const followed = await must(["execution", "logs", one, "--follow"]);
  expect(followed).toBe("[main.sh] hello me\n[main.sh] *** \n");
  expect(await must(["execution", "logs", one])).toBe(followed);
  const { lines } = logPage.omit({ next: true }).parse(JSON.parse(await must(["execution", "logs", one, "--json"])));
  expect(lines.map(({ text }) => text)).toEqual(["hello me", "*** "]);
});

test("sealrun logs takes the newest run of a package, and prints only the lines that are asked for", async () => {
  const one = await id("-p", "code=0", "-p", "who=me");
  const followed = await person.run(["logs", "acme/report", "-f", "--step", "main.sh", "--since", "1h"]);
  expect(followed.stdout).toBe("[main.sh] hello me\n[main.sh] *** \n");
  expect(followed.stderr).toContain(`the newest execution is ${one}\n`);
  expect(await must(["logs", one, "--tail", "1"])).toBe("[main.sh] *** \n");
  expect(await must(["logs", one, "--tail", "1", "-f"])).toBe("[main.sh] *** \n");
  expect(await must(["logs", one, "--since", "2099-01-01T00:00:00Z"])).toBe("");
  expect(await person.run(["logs", one, "--step", "other.sh"])).toMatchObject({
    exitCode: 64,
    stderr: `error: --step: ${one} has no step "other.sh"; it has "main.sh" (USAGE)\n`,
  });
  expect(await person.run(["logs", "acme/nothing"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("(PACKAGE_NOT_FOUND)"),
  });
});

test("sealrun execution show shows visible parameters, and sealed ones only by name", async () => {
  const one = await id("-p", "code=0", "-p", "who=hidden-value");
  await must(["execution", "logs", one, "--follow"]);
  const shown = await must(["execution", "show", one]);
  expect(shown).toContain("  params    code=0 who=(sealed)\n");
  expect(shown).not.toContain("hidden-value");
});

test("sealrun execution list gives the newest first, page by page", async () => {
  const list = async (...more: readonly string[]) =>
    executionList.parse(JSON.parse(await must(["execution", "list", "--project", "acme", "--json", ...more])));
  const all = await list();
  const first = await list("--limit", "1");
  const second = await list("--limit", "1", "--before", first.next ?? "");
  expect([first.executions[0]?.id, second.executions[0]?.id]).toEqual(all.executions.slice(0, 2).map(({ id }) => id));
});

test("sealrun execution list shows how long each took, what started it and why it failed, and filters", async () => {
  const failed = await id("-p", "code=3");
  await must(["execution", "logs", failed, "--follow"]);
  const list = async (...more: readonly string[]) => must(["execution", "list", "--id", failed, ...more]);
  const [heads, row] = (await list("--status", "failed,lost", "--trigger", "request", "--since", "1h")).split("\n");
  expect(heads).toMatch(/STATUS +CREATED +DURATION +TRIGGER +ERROR$/);
  expect(row).toMatch(new RegExp(`^${failed} .* failed .* m?s +request +SCRIPT_FAILED$`));
  expect(await list("--status", "succeeded")).toBe("no executions match\n");
  expect(await list("--until", "1h")).toBe("no executions match\n");
  const { executor } = executionInfo.parse(JSON.parse(await must(["execution", "show", failed, "--json"])));
  expect(await list("--executor", executor ?? "")).toContain(failed);
  expect(await must(["executor", "list"])).toMatch(new RegExp(`^${executor} +default +live +\\d+ +4 `, "m"));
  expect(await must(["executor", "pools"])).toMatch(/^default +1 +4 /m);
});

test("sealrun execution statistics counts how executions ended, with spans that have some", async () => {
  await must(["execution", "logs", await id("-p", "code=3"), "--follow"]);
  const printed = await must(["execution", "statistics", "--project", "acme", "--since", "1h"]);
  expect(printed).toMatch(/: (?:.*, )?\d+ failed.*\nSINCE .*FAILED.* MEDIAN +95 OF 100\n\S+ \S+Z .* m?s +\S+ m?s\n/);
  expect(await must(["execution", "statistics", "--jq", ".counts.failed"])).toMatch(/^[1-9]\d*\n$/);
  expect(await must(["execution", "statistics", "--until", "2d", "--since", "3d"])).toMatch(/^no executions from /);
});

test.each([
  [["--status", "done"], '--status: expected some of "queued"'],
  [["--executor", "exr_1"], "--executor: expected an executor's id"],
  [["--id", "1"], "--id: expected the start of an id"],
  [["--until", "soon"], "--until: expected a time such as"],
  [["--before", "abc"], "--before: expected the number that the previous page printed"],
])("sealrun execution list refuses %j", async (args, sentence) => {
  expect(await person.run(["execution", "list", ...args])).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining(sentence),
  });
});

test("sealrun open prints the page of what exists", async () => {
  expect(await must(["open", "acme/report", "--no-browser"])).toBe(`${stage.url}/projects/acme/packages/report\n`);
  expect((await person.run(["open", "acme/nothing"])).exitCode).toBe(4);
});

test("sealrun secret delete refuses what a package uses, unless --force is given", async () => {
  const place = ["DB_PASS", "--scope", "service", "--project", "acme", "--package", "report"];
  await must(["run", "acme/report", "-p", "code=0", "--wait"]);
  expect((await person.run(["secret", "uses", "NOWHERE", "--project", "acme"])).exitCode).toBe(4);
  expect(await must(["secret", "uses", ...place])).toMatch(/^acme\/report .* \d\d:\d\d:\d\dZ +-$/m);
  expect(await person.run(["secret", "delete", ...place])).toMatchObject({
    exitCode: 75,
    stderr: expect.stringMatching(/^error: "DB_PASS" is used by acme\/report \(.*; add --force .*\(SECRET_IN_USE\)\n$/),
  });
});

test("sealrun execution show says that there is no such execution", async () => {
  const { exitCode, stderr } = await person.run(["execution", "show", "nothing"]);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 4,
    stderr: 'error: "nothing" is not an execution\'s id: exe_ and 20 letters and digits (EXECUTION_NOT_FOUND)\n',
  });
});

test("sealrun run --not-before waits for the time, and sealrun execution show says so", async () => {
  const later = ["-p", "code=0", "--priority", "8", "--not-before", "2099-01-01T00:00:00+02:00"];
  const { stderr } = await person.run(["run", "acme/report", ...later]);
  expect(stderr).toBe("waits: It starts at 2098-12-31T22:00:00.000Z at the earliest\n");
  const started = await id(...later);
  const shown = executionInfo.parse(JSON.parse(await must(["execution", "show", started, "--json"])));
  expect(shown).toMatchObject({ status: "queued", priority: 8, notBefore: "2098-12-31T22:00:00.000Z" });
  expect(await must(["execution", "show", started])).toContain(
    "waits     It starts at 2098-12-31T22:00:00.000Z at the earliest\n",
  );
});

test.each([
  ["--not-before", "tomorrow", "--not-before: expected a time with its zone"],
  ["--not-before", "2099-01-01T00:00:00", "--not-before: expected a time with its zone"],
  ["--priority", "11", "--priority: expected a whole number from 1 to 10"],
])("sealrun run refuses %s %s", async (option, value, sentence) => {
  expect(await person.run(["run", "acme/report", option, value])).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining(sentence),
  });
});

test("sealrun execution again runs it once more with the same parameters, sealed ones too", async () => {
  const first = await id("-p", "code=0", "-p", "who=me");
  const { exitCode, stdout, stderr } = await person.run(["execution", "again", first, "--wait"]);
  expect({ exitCode, stderr: besidesWaiting(stderr) }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout.split("\n")[0]).toBe("[main.sh] hello me");
  const { id: second } = startedExecution.parse(JSON.parse(await must(["execution", "again", first, "--json"])));
  expect(second).not.toBe(first);
});

test("sealrun execution again --same-version runs the original version", async () => {
  const first = await id("-p", "code=0", "-p", "who=me");
  await stage.push("acme/report", { "main.sh": "true\n", "parameters.json": { fields: [] } });
  const again = async (...args: readonly string[]) => person.run(["execution", "again", first, ...args]);
  const newest = await again();
  expect(newest.exitCode).toBe(65);
  expect(newest.stderr).toContain("run the same version again");
  const shown = executionInfo.parse(JSON.parse((await again("--same-version", "--wait", "--json")).stdout));
  expect(shown).toMatchObject({ version: 1, status: "succeeded" });
});

test("sealrun run masks what scripts print of a value in other forms, and leaves other text alone", async () => {
  const script = `import html, json, shlex, subprocess, unicodedata
from sealrun import get_secret
s = get_secret("VALUE")
print(repr(s), ascii(s), s.encode(), list(s.encode()), shlex.quote(s), s.encode().hex(":"), sep=" | ")
print(s.replace("'", "''"), s.replace('"', '""'), html.escape(s).replace("&#x27;", "&apos;"), s.upper(), sep=" | ")
print(json.dumps(json.dumps(json.dumps(s))), unicodedata.normalize("NFD", s), sep=" | ", flush=True)
subprocess.run(["bash", "-c", "printf '%q\\\\n' \\"$0\\"; printf %s \\"$0\\" | od -An -tx1", s])
get_secret("DOCUMENT"), get_secret("MASK"), get_secret("DB")
print(json.dumps({"x": {"y": {"port": 5432}}}, indent=4), "localhost", get_secret("MASK") == "***")
`;
  const secrets = {
    VALUE: `O'Bri n"s-kéy\\Q7$zz`,
    DOCUMENT: JSON.stringify({ a: { b: { c: "topsecretvalue" } } }, null, 4),
    MASK: "***",
    DB: { host: "localhost", port: 5432, password: "kf83-kd02-pw" },
  };
  const folder = await person.write("forms", { "main.py": script, "secrets.json": JSON.stringify(secrets) });
  const pushed = await person.run(["push", folder, "--project", "acme"]);
  expect(pushed.stderr).toMatch(/MASK is too short to mask[^]*DB has parts .*: host, port$/m);
  const { stdout } = await person.run(["run", "acme/forms", "--wait"]);
  const [first, second, third, ...others] = stdout.split("\n").map((line) => line.replace("[main.py] ", ""));
  expect(first).toBe(`'***' | '***' | b'***' | [***] | '***' | ***`);
  expect(second).toBe("*** | *** | *** | ***");
  expect(third?.replaceAll(/[\\"]/g, "")).toBe("*** | ***");
  expect(others.slice(0, 2)).toEqual(["***", " ***"]);
  expect(others.slice(2, 9).join("\n")).toBe(`${JSON.stringify({ x: { y: { port: 5432 } } }, null, 4)} localhost True`);
  expect(stdout).toContain("read MASK from service, version 1 (too short to mask)\n");
  expect(stdout).toContain(
    "read DB from service, version 1 (masked, except parts that are too short or common words)\n",
  );
});
