import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { percentForms } from "../../../../executor/src/mask/forms/percent-forms.ts";

describe("percentForms()", () => {
  test.each([
    ["URL escapes in lower case", "p@ss wörd/x", "p%40ss%20w%c3%b6rd%2fx"],
    ["a form", "p@ss word/x", "p%40ss+word%2Fx"],
    ["Python's quote", "p@ss word/x", "p%40ss%20word/x"],
  ])("percentForms() has %s", (_, text, form) => {
    expect(percentForms(Buffer.from(text))).toContain(form);
  });

  test("percentForms() has what the platform's own functions write", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const forms = [text, ...percentForms(Buffer.from(text))];
        expect(forms).toContain(encodeURIComponent(text));
        expect(forms).toContain(encodeURI(text));
        const query = text.replaceAll(/[\t\n\r#]/g, "");
        const url = Object.assign(new URL("http://host"), { search: `?${query}` });
        expect(["", query, ...percentForms(Buffer.from(query))]).toContain(url.search.slice(1));
        expect(forms).toContain(new URLSearchParams([["", text]]).toString().slice(1));
      }),
    );
  });
});
