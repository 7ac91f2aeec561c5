import { describe, expect, test } from "vitest";
import { htmlForms } from "../../../../executor/src/mask/forms/html-forms.ts";

describe("htmlForms()", () => {
  test.each([
    ["named entities", 'a<"b">&', "a&lt;&quot;b&quot;&gt;&amp;"],
    ["Python's html.escape", "a'\"", "a&#x27;&quot;"],
    ["XML", "a'\"", "a&apos;&quot;"],
    ["decimal quotes", "a'\"", "a&#39;&#34;"],
    ["each pair of these", "a'\"", "a&apos;&#34;"],
    ["PHP", "a'", "a&#039;"],
    ["only decimal", "a<'", "a&#60;&#39;"],
    ["Go's templates", "a+'\"", "a&#43;&#39;&#34;"],
    ["Mustache", "a/'=", "a&#x2F;&#39;&#x3D;"],
    ["characters outside ASCII, decimal", "ä<€", "&#228;&lt;&#8364;"],
    ["characters outside ASCII alone, decimal", "ä<€", "&#228;<&#8364;"],
    ["characters of Latin-1, named", "äß<ÿ", "&auml;&szlig;&lt;&yuml;"],
  ])("htmlForms() has %s", (_, text, form) => {
    expect(htmlForms(text)).toContain(form);
  });
});
