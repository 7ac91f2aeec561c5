import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { type ListOptions, printList } from "../../packages/cli/src/list-output.ts";
import { createOutput } from "../../packages/cli/src/output.ts";
import { buildProgram, leavesOf } from "../docs/commands.ts";
import { rejectionOf } from "../support/refusal.ts";

async function print(options: ListOptions): Promise<string> {
  const stdout = new PassThrough();
  const output = createOutput(stdout, new PassThrough());
  const document = {
    projects: [
      { name: "acme", limit: null },
      { name: "ops", limit: 3 },
    ],
  };
  await printList(output, options, { document, names: ["acme", "ops"], show: () => output.line("a table") });
  return String(stdout.read() ?? "");
}

test("printList() prints a table, JSON, or only names", async () => {
  expect(await print({})).toBe("a table\n");
  expect(await print({ quiet: true })).toBe("acme\nops\n");
  expect(JSON.parse(await print({ json: true }))).toMatchObject({ projects: [{ name: "acme" }, { name: "ops" }] });
});

test("printList() prints the values of a jq program, one a line and texts without quotes", async () => {
  expect(await print({ jq: ".projects[].name" })).toBe("acme\nops\n");
  expect(await print({ jq: ".projects[] | {name}", json: true })).toBe('{"name":"acme"}\n{"name":"ops"}\n');
  expect(await print({ jq: ".projects | length" })).toBe("2\n");
  expect(await print({ jq: "empty" })).toBe("");
});

test.each([
  [".projects | (", "--jq: jq says: syntax error, unexpected end of file at <top-level>, line 1, column 13"],
  [".projects[].name.first", '--jq: jq says: Cannot index string with string ("first")'],
  ["nosuch", "--jq: jq says: nosuch/0 is not defined at <top-level>, line 1, column 1"],
])("printList() refuses %s and says what jq says", async (jq, message) => {
  expect(await rejectionOf(print({ jq }))).toMatchObject({ code: "USAGE", message });
});

test("addListOptions() is for every list, with --quiet where entries have names", () => {
  const lists = [...leavesOf(buildProgram())].filter(([, command]) => command.description().startsWith("List "));
  const withOption = (flag: string) =>
    lists.filter(([, { options }]) => options.some(({ long }) => long === flag)).map(([typed]) => typed);
  const all = lists.map(([typed]) => typed);
  expect(withOption("--jq")).toEqual(all);
  expect(withOption("--quiet")).toEqual(
    all.filter((typed) => !["sealrun audit list", "sealrun secret history"].includes(typed)),
  );
  expect(all.length).toBeGreaterThan(9);
});
