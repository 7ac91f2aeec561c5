import { hasReference, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReferences } from "../../../packages/protocol/src/references/read-references.ts";

const pieces = fc.constantFrom(
  ..."{{|}}|{{ secret('A') }}|secret(|'|\"|\\|\\\\|${workflow.secrets.a}|${workflow.secrets|jq(|jq(.secrets.a)|.secrets.a|.secrets|)|{|[|(| | | base64encode |envs.x|\n|x|$|é|😀".split(
    "|",
  ),
  "|",
);
const hostile = fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 12 }).map((all) => all.join(""));

/** How a writer keeps a text as it is. */
function escape(text: string): string {
  const inside = text.replaceAll(
    /(\\*)(\{\{|\$\{\s*workflow\.secrets(?![A-Za-z0-9_-])|(?<![A-Za-z0-9_])jq\((?=[^]*\.secrets))/g,
    (_, backslashes: string, opening: string) => `${backslashes}${backslashes}\\${opening}`,
  );
  const whole = /^(\s*)(\\*)(\.secrets\s*(?:\.\s*[A-Za-z_"[]|\[)[^]*)$/.exec(inside);
  if (whole === null) return inside;
  const [, space = "", backslashes = "", rest = ""] = whole;
  return `${space}${backslashes}${backslashes}\\${rest}`;
}

describe("readReferences()", () => {
  it("leaves a text without references as it is, backslashes too", () => {
    const plain = fc.string().filter((text) => !/\{\{|\$\{|jq\(|\.secrets/.test(text));
    fc.assert(
      fc.property(plain, (text) => {
        expect(readReferences(text)).toEqual(text === "" ? [] : [{ kind: "text", text }]);
      }),
    );
  });

  it("throws nothing but REFERENCE_INVALID with a character", () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, isProgram) => {
        try {
          readReferences(text, isProgram);
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
          expect(error).toMatchObject({
            code: "REFERENCE_INVALID",
            message: expect.stringMatching(/^character \d+: expected /),
          });
        }
      }),
      { numRuns: 2_000, examples: [[".secrets.a-b", true]] },
    );
  });

  it("returns any text that was escaped", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(readReferences(escape(text))).toEqual(text === "" ? [] : [{ kind: "text", text }]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["a \\{{ secret('A') }}", "a {{ secret('A') }}"],
    ["\\${workflow.secrets.a}", "${workflow.secrets.a}"],
    ["\\jq(.secrets.a)", "jq(.secrets.a)"],
    ["\\.secrets.a", ".secrets.a"],
    ["${HOME} \\${HOME} ${previous.output}", "${HOME} \\${HOME} ${previous.output}"],
    ["jq(1) and myjq(.secrets.a)", undefined],
  ])("keeps %s as text", (text, kept) => {
    if (kept === undefined) expect(() => readReferences(text)).toThrow("character 4");
    else expect(readReferences(text)).toEqual([{ kind: "text", text: kept }]);
  });

  it("reads two backslashes before an opening as one, and resolves what follows", () => {
    expect(readReferences("C:\\\\{{ secret('A') }}")).toEqual([
      { kind: "text", text: "C:\\" },
      { kind: "reference", at: 5, expression: { kind: "secret", name: "A" } },
    ]);
  });

  it.each([
    [`{{secret("A")}}`, { kind: "secret", name: "A" }],
    ["{{ secret('A', 'project') }}", { kind: "secret", name: "A", namespace: "project" }],
    [
      "{{ secret( key = 'A' , subkey=\"user\", namespace='platform' ) }}",
      { kind: "secret", name: "A", namespace: "platform", subkey: "user" },
    ],
    ["{{ secret('A') | base64decode }}", { kind: "decode", of: { kind: "secret", name: "A" } }],
    [
      "{{ base64encode(base64decode('eA==')) | base64encode() }}",
      { kind: "encode", of: { kind: "encode", of: { kind: "decode", of: { kind: "literal", text: "eA==" } } } },
    ],
    [`{{ "a\\"b" }}`, { kind: "literal", text: 'a"b' }],
    ["{{ envs.my_var }}", { kind: "variable", name: "my_var" }],
    ["${workflow.secrets.db.user}", { kind: "path", path: "db.user" }],
    ["jq(.secrets.a.b)", { kind: "jq", program: ".secrets.a.b", names: ["a"] }],
    [
      'jq({a: ("x\\(.secrets["b-c"] | ascii_upcase)")})',
      { kind: "jq", program: '{a: ("x\\(.secrets["b-c"] | ascii_upcase)")}', names: ["b-c"] },
    ],
    ['.secrets["a"]', { kind: "jq", program: '.secrets["a"]', names: ["a"] }],
  ])("reads %s", (text, expression) => {
    expect(readReferences(text)).toEqual([{ kind: "reference", at: expect.any(Number), expression }]);
  });

  it.each([
    ["{{ secret('A' }}", 15],
    ["{{ secret(A) }}", 11],
    ["{{ secret() }}", 11],
    ["{{ secret(namespace='project') }}", 4],
    ["{{ secret('A', namespace='b', namespace='c') }}", 31],
    ["{{ secret('A') + 1 }}", 16],
    ["{{ secret('A').b }}", 15],
    ["{{ secret('A') | upper }}", 18],
    ["{{ inputs.x }}", 4],
    ["{{", 3],
    ["{{ 'open }}", 4],
    ["${workflow.secrets}", 1],
    ["${workflow.secrets.}", 1],
    ["${workflow.secrets.a b}", 1],
    ["jq(.secrets)", 12],
    ["jq(.secrets.a", 14],
    ["jq(.a + .secrets.b)", 4],
    ["jq(.secrets.a | env)", 17],
    ["jq($ENV, .secrets.a)", 4],
    ["jq(.secrets.a | input)", 17],
    ["jq(def f: f; .secrets.a)", 4],
    ["jq([range(1e9)] , .secrets.a)", 5],
    ["jq(.secrets.a * 1000000)", 15],
    ["jq(.secrets.a | .. )", 17],
    ['jq(include "x"; .secrets.a)', 4],
    ["jq(.secrets.a | halt_error)", 17],
    ["jq(.secrets.a[env:])", 15],
    ["jq({ok: .secrets.a[input_filename : 2]})", 20],
    ["jq(.secrets.a |= 1)", 15],
  ])("refuses %s at its character", (text, at) => {
    expect(() => readReferences(text)).toThrow(
      expect.objectContaining({
        code: "REFERENCE_INVALID",
        message: expect.stringMatching(new RegExp(`^character ${at}: `)),
      }),
    );
  });

  it("refuses nesting that is too deep, without using up the stack", () => {
    expect(() => readReferences(`{{ ${"base64encode(".repeat(50_000)}`)).toThrow("at most 16");
    expect(() => readReferences(`{{ 'a'${" | base64encode".repeat(17)} }}`)).toThrow("at most 16");
    expect(() => readReferences(`jq(.secrets.a + ${'"\\('.repeat(50_000)}`)).toThrow("at most 32");
  });

  it("reads a whole jq program only where one may stand", () => {
    const program = '{"a": .secrets.b}';
    expect(readReferences(program)).toEqual([{ kind: "text", text: program }]);
    expect(readReferences(program, true)).toMatchObject([{ expression: { kind: "jq", names: ["b"] } }]);
    expect(readReferences(`\\${program}`, true)).toEqual([{ kind: "text", text: program }]);
  });
});

describe("hasReference()", () => {
  it("is true for a text that looks like a reference", () => {
    expect(hasReference("{{ secret('A') }}")).toBe(true);
    expect(hasReference("{{")).toBe(true);
    expect(hasReference("\\{{ plain")).toBe(false);
    expect(hasReference("12")).toBe(false);
  });
});
