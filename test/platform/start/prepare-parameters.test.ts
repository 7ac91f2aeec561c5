import {
  createBatchSealer,
  generateScopeKey,
  parametersContext,
  rootKeyFromBytes,
  randomBytes,
  toBase64,
  toHex,
  newId,
} from "@sealrun/crypto";
import { encodeJson, packageId, parametersFileSchema, platformId, type StartExecution } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { prepareParameters } from "../../../packages/platform/src/start/prepare-parameters.ts";
import { rejectionOf } from "../../support/refusal.ts";

const deps = { platformId: platformId.parse(newId("platform")), storageKey: rootKeyFromBytes(randomBytes(32)) };
const scopeKey = generateScopeKey();
const id = packageId.parse(newId("package"));
const key = { statement: { body: "", signature: "" }, publicKey: scopeKey.publicKey, keyId: toHex(scopeKey.id) };
const file = parametersFileSchema.parse({
  fields: [
    { name: "region", type: "text", visible: true, default: "eu" },
    { name: "token", type: "text", required: true },
    { name: "count", type: "int" },
  ],
});
let questions = 0;
const findKey = async () => {
  questions += 1;
  return key;
};
const prepare = async (given: StartExecution, withFile: typeof file | undefined = file) =>
  prepareParameters(deps, { packageId: id, findKey, file: withFile }, given);
const seal = (value: unknown, publicKey = scopeKey.publicKey): string =>
  toBase64(
    createBatchSealer(publicKey).seal(
      parametersContext({ platformId: deps.platformId, packageId: id }),
      encodeJson(value),
    ),
  );

describe("prepareParameters()", () => {
  test("prepareParameters() shows what parameters.json marks visible and seals the rest", async () => {
    const prepared = await prepare({ parameters: { token: "canary-of-the-token", count: 3 } });
    expect(prepared).toMatchObject({ visible: { region: "eu" }, sealedNames: ["token", "count"] });
    expect(Buffer.from(prepared.sealed ?? []).includes("canary-of-the-token")).toBe(false);
  });

  test("prepareParameters() shows nothing without a parameters.json", async () => {
    const { visible, sealedNames } = await prepareParameters(
      deps,
      { packageId: id, findKey, file: undefined },
      { parameters: { a: 1 } },
    );
    expect({ visible, sealedNames }).toEqual({ visible: {}, sealedNames: ["a"] });
  });

  test("prepareParameters() seals nothing without parameters, and asks for no key", async () => {
    const before = questions;
    const nothing = { visible: {}, sealed: null, sealedNames: [] };
    expect(await prepareParameters(deps, { packageId: id, findKey, file: undefined }, {})).toEqual(nothing);
    expect(await prepare({ visible: { region: "us" } })).toMatchObject({ visible: { region: "us" }, sealed: null });
    expect(questions).toBe(before);
    await prepare({ parameters: { token: "x" } });
    expect(questions).toBe(before + 1);
  });

  test("prepareParameters() accepts what a client sealed with the package's key", async () => {
    const prepared = await prepare({ visible: { region: "us" }, sealed: seal({ token: "x" }), sealedNames: ["token"] });
    expect(prepared).toMatchObject({ visible: { region: "us" }, sealedNames: ["token"] });
    expect(prepared.sealed).toBeInstanceOf(Uint8Array);
  });

  test.each<[string, StartExecution, string]>([
    ["an unknown name", { parameters: { token: "x", nope: 1 } }, "PARAMETER_INVALID"],
    ["a missing one", { parameters: {} }, "PARAMETER_INVALID"],
    ["a wrong type", { parameters: { token: "x", count: "canary" } }, "PARAMETER_INVALID"],
    ["a sealed one in the clear", { visible: { token: "canary" } }, "PARAMETER_INVALID"],
    ["a wrong type in the clear", { visible: { region: 5 } }, "PARAMETER_INVALID"],
    ["a visible name sealed", { sealed: seal({}), sealedNames: ["region"] }, "PARAMETER_INVALID"],
    ["a name twice", { sealed: seal({}), sealedNames: ["token", "token"] }, "BAD_REQUEST"],
    ["names without a value", { sealedNames: ["token"] }, "BAD_REQUEST"],
    ["both forms", { parameters: {}, sealed: seal({}) }, "BAD_REQUEST"],
    ["what is no envelope", { sealed: "AAAA" }, "BAD_REQUEST"],
    ["another key", { sealed: seal({}, generateScopeKey().publicKey) }, "KEY_CHANGED"],
    ["too much in plain", { parameters: { token: "x".repeat(300_000) } }, "VALUE_TOO_LARGE"],
    ["too much sealed", { sealed: seal({ token: "x".repeat(400_000) }), sealedNames: ["token"] }, "VALUE_TOO_LARGE"],
  ])("prepareParameters() refuses %s", async (_what, given, code) => {
    const refusal = await rejectionOf(prepare(given));
    expect(refusal.code).toBe(code);
    expect(refusal.message).not.toContain("canary");
  });
});
