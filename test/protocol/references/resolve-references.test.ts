import { hasReference, type JsonValue, type ReferenceSource, resolveReferences, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64Text, encodeBase64Text } from "../../../packages/protocol/src/references/base64-text.ts";
import { findField } from "../../../packages/protocol/src/references/find-field.ts";

function source(secrets: Readonly<Record<string, JsonValue>> = {}): ReferenceSource {
  return {
    find: async (names) => {
      const name = names.find((candidate) => Object.hasOwn(secrets, candidate));
      return name === undefined ? undefined : { name, value: secrets[name] ?? null };
    },
    variables: {},
    project: "acme",
    runJq: async () => "from jq",
    onDerived: () => undefined,
  };
}

const place = { document: "a document" };

describe("resolveReferences()", () => {
  it("leaves every value without references unchanged", async () => {
    const plain = fc.jsonValue().filter((value) => !/\{\{|\$\{|jq\(|\.secrets/.test(JSON.stringify(value)));
    await fc.assert(
      fc.asyncProperty(plain, async (value) => {
        const text = JSON.stringify(value);
        const given: JsonValue = JSON.parse(text);
        expect(JSON.stringify(await resolveReferences(given, place, source()))).toBe(text);
      }),
    );
  });

  it("inserts any secret as it is, whatever it looks like", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.string().filter((text) => !hasReference(text) && !text.includes("\\")),
        async (secret, around) => {
          const text = `${around} {{ secret('A') }}`;
          fc.pre(!/jq\($|\.secrets/.test(around));
          expect(await resolveReferences(text, place, source({ A: secret }))).toBe(`${around} ${secret}`);
        },
      ),
    );
  });

  it("reports texts and keys that jq made from a secret, not its own fields and the literals of the program", async () => {
    const made: JsonValue[] = [];
    const watched: ReferenceSource = {
      ...source({ A: { user: "ada", password: "hunter2" } }),
      runJq: async () => ({ fixed: "ADA", HUNTER2: [{ password: 7, user: "fixed" }] }),
      onDerived: (value) => void made.push(value),
    };
    await resolveReferences("jq({fixed: .secrets.A})", place, watched);
    expect(made).toEqual(["ADA", 7, "HUNTER2"]);
  });

  it("passes on the error that refuses a secret, and adds nothing to it", async () => {
    const broken = async (): Promise<never> => {
      throw new SealrunError("TAMPERED", "");
    };
    const refused = resolveReferences("{{ secret('A') }}", place, { ...source(), find: broken });
    await expect(refused).rejects.toMatchObject({ code: "TAMPERED", message: expect.not.stringContaining("document") });
  });
});

describe("decodeBase64Text()", () => {
  it("returns every text that was encoded, and undefined for other text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(decodeBase64Text(encodeBase64Text(text))).toBe(text.toWellFormed());
        expect(encodeBase64Text(text)).toBe(Buffer.from(text).toString("base64"));
      }),
    );
    for (const wrong of ["*", "a", "====", "/w==", "YQ=="[0] ?? ""]) expect(decodeBase64Text(wrong)).toBeUndefined();
    expect(decodeBase64Text("cGFz\nc3dvcmQ=\n")).toBe("password");
  });
});

describe("findField()", () => {
  it("sees only own fields", () => {
    expect(findField({ a: { b: [1, { c: 2 }] } }, ["a", "b", "1", "c"])).toBe(2);
    for (const path of [["constructor"], ["a", "toString"], ["a", "length"], ["a", "-1"], ["a", "0", "0"]]) {
      expect(findField({ a: ["text"] }, path)).toBeUndefined();
    }
    expect(findField('{"a": null}', ["a"])).toBeNull();
    expect(findField("{not json", ["a"])).toBeUndefined();
    expect(findField('{"__proto__": 1}', ["__proto__"])).toBeUndefined();
  });
});
