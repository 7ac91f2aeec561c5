import { expect, test } from "vitest";
import { checkContent } from "../../../packages/client/src/package/check-content.ts";
import { warnOfTsconfig } from "../../../packages/client/src/package/check-tsconfig.ts";
import { runDoubled } from "../../support/run-doubled.ts";

const warn = (path: string, text: string) => warnOfTsconfig([{ path, bytes: new TextEncoder().encode(text) }]);
const setting = `{"compilerOptions":{"experimentalDecorators":true,"emitDecoratorMetadata":true}}`;

test("warnOfTsconfig() names file, line and option of decorator metadata, and what to do", () => {
  const [problem] = warn(
    "tsconfig.json",
    `{\n  /* a\n comment */ "compilerOptions": {\n    "emitDecoratorMetadata" : true,\n  },\n}`,
  );
  expect(problem).toMatchObject({ code: null, level: "warning", file: "tsconfig.json", line: 4 });
  expect(problem?.message).toMatch(
    /^tsconfig\.json:4: emitDecoratorMetadata does nothing in a run: .* push compiled JavaScript$/,
  );
});

test.each(["tsconfig.json", "jobs/tsconfig.json", "tsconfig.base.json"])("warnOfTsconfig() reads %s", (path) => {
  expect(warn(path, setting)).toHaveLength(1);
});

test.each([
  ["false", "tsconfig.json", setting.replace(`Metadata":true`, `Metadata":false`)],
  ["in a comment", "tsconfig.json", `{ // "emitDecoratorMetadata": true\n /* "emitDecoratorMetadata": true */ }`],
  ["in a text", "tsconfig.json", String.raw`{ "a": "\"emitDecoratorMetadata\": true" }`],
  ["of a library", "node_modules/x/tsconfig.json", setting],
  ["in another file", "config.json", setting],
  ["in a file that is not JSON", "tsconfig.json", `"emitDecoratorMetadata" "`],
])("warnOfTsconfig() says nothing of the option %s", (_, path, text) => {
  expect(warn(path, text)).toEqual([]);
});

test("warnOfTsconfig() reads hostile text in time that grows with its length", async () => {
  const call = String.raw`
    for (const piece of ['"\\', "/*", '"', "//", '\\"']) {
      read.warnOfTsconfig([{ path: "tsconfig.json", bytes: bytes(piece.repeat(size / 2)) }]);
    }`;
  expect(await runDoubled("packages/client/src/package/check-tsconfig.ts", call)).toEqual([]);
});

test("checkContent() has the warning among its problems", () => {
  const files = { "a.ts": "", "tsconfig.json": setting };
  const { problems } = checkContent({
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })),
    secretsFile: undefined,
  });
  expect(problems.map(({ file, line }) => [file, line])).toEqual([["tsconfig.json", 1]]);
});
