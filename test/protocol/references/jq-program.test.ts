import { describe, expect, test } from "vitest";
import { readJqProgram } from "../../../packages/protocol/src/references/jq-program.ts";
import { refusalOf } from "../../support/refusal.ts";

describe("readJqProgram()", () => {
  test.each([
    [".secrets.a", ["a"]],
    ['.secrets["a-b"] | .c.d', ["a-b"]],
    [".secrets.a + .secrets.b", ["a", "b"]],
    ['"x\\(.secrets.a | @base64)y"', ["a"]],
    ["if .secrets.a == 1 then .secrets.b else null end", ["a", "b"]],
    ["{user: .secrets.a, list: [.secrets.a]}", ["a"]],
    [".secrets.a-.secrets.b - 1", ["a", "b"]],
    ['.secrets["a-b"].c["d-e"]', ["a-b"]],
  ])("readJqProgram() reads the names of %j", (program, names) => {
    expect(readJqProgram(program, 0, "end")).toEqual({
      expression: { kind: "jq", program, names },
      end: program.length,
    });
  });

  test("readJqProgram() ends at the bracket that closes it", () => {
    const text = "jq(.secrets.a | (1)) rest";
    expect(readJqProgram(text, 3, ")")).toMatchObject({ expression: { program: ".secrets.a | (1)" }, end: 20 });
  });

  test.each([
    ["1 + 2", "reads .secrets"],
    [".secrets", "expected .secrets.NAME"],
    [".secrets | keys", "expected .secrets.NAME"],
    [".other", "expected .secrets.NAME"],
    ["..", "expected"],
    ["env.HOME + .secrets.a", "a function that references may use"],
    ["input | .secrets.a", "a function that references may use"],
    ["def f: 1; .secrets.a", "a function that references may use"],
    [".secrets.a | @exec", "expected one of @text"],
    ["(.secrets.a", "expected )"],
    [".secrets.a]", "expected no ]"],
    ['.secrets.a + "x', "closing quote"],
    [".secrets.a |= 1", "expected"],
    [
      ".secrets.foo-bar",
      'character 10: expected quotes around a name with a hyphen: write .secrets["foo-bar"]; without them jq reads the hyphen as minus',
    ],
    [".secrets.foo-length-2 | @base64", 'write .secrets["foo-length-2"]'],
    [".secrets.db.user-name", 'name with a hyphen: write ["user-name"] instead of .user-name'],
  ])("readJqProgram() refuses %j", (program, sentence) => {
    const refusal = refusalOf(() => readJqProgram(program, 0, "end"));
    expect(refusal).toMatchObject({ code: "REFERENCE_INVALID" });
    expect(refusal.message).toContain(sentence);
  });

  test("readJqProgram() refuses texts that lie too deep in each other", () => {
    const deep = `${'"\\('.repeat(40)}.secrets.a${')"'.repeat(40)}`;
    expect(refusalOf(() => readJqProgram(deep, 0, "end")).message).toContain("at most 32 texts");
  });
});
