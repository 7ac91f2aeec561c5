import { describe, expect, test } from "vitest";
import { readTemplate } from "../../../packages/protocol/src/references/template.ts";
import { refusalOf } from "../../support/refusal.ts";

describe("readTemplate()", () => {
  test.each([
    ["{{ secret('A') }}", { kind: "secret", name: "A" }],
    [`{{secret("A", 'n', 'k')}}`, { kind: "secret", name: "A", namespace: "n", subkey: "k" }],
    ["{{ secret(key='A', subkey='k') }}", { kind: "secret", name: "A", subkey: "k" }],
    ["{{ envs.HOST }}", { kind: "variable", name: "HOST" }],
    ["{{ 'it\\'s' }}", { kind: "literal", text: "it's" }],
    ["{{ secret('A') | base64encode }}", { kind: "encode", of: { kind: "secret", name: "A" } }],
    ["{{ base64decode(secret('A')) }}", { kind: "decode", of: { kind: "secret", name: "A" } }],
  ])("readTemplate() reads %s", (text, expression) => {
    expect(readTemplate(`${text} rest`, 0)).toEqual({ expression, end: text.length });
  });

  test("readTemplate() starts where its braces stand", () => {
    expect(readTemplate("ab{{ envs.X }}", 2)).toEqual({ expression: { kind: "variable", name: "X" }, end: 14 });
  });

  test.each([
    ["{{ secret('A') ", "expected }}"],
    ["{{ secret(A) }}", "a text in quotes"],
    ["{{ secret('A', key='B') }}", "at most once"],
    ["{{ secret(subkey='k') }}", "the secret's name"],
    ["{{ secret('A' }}", "expected )"],
    ["{{ secret('A) }}", "a closing '"],
    ["{{ other('A') }}", "expected secret('NAME')"],
    ["{{ secret('A') | upper }}", "expected the filter"],
  ])("readTemplate() refuses %s", (text, sentence) => {
    const refusal = refusalOf(() => readTemplate(text, 0));
    expect(refusal).toMatchObject({ code: "REFERENCE_INVALID" });
    expect(refusal.message).toContain(sentence);
  });

  test("readTemplate() refuses too many functions in each other, and too many filters", () => {
    const nested = `{{ ${"base64encode(".repeat(20)}'a'${")".repeat(20)} }}`;
    expect(refusalOf(() => readTemplate(nested, 0)).message).toContain("at most 16");
    expect(refusalOf(() => readTemplate(`{{ 'a'${" | base64encode".repeat(20)} }}`, 0)).message).toContain(
      "at most 16",
    );
  });
});
