import { fromBase64, generateScopeKey, openWithPrivateKey, parametersContext, secretContext } from "@sealrun/crypto";
import { decode, jsonValue, limits, platformId } from "@sealrun/protocol";
import { assert, jsonValue as anyJson, pre, property } from "fast-check";
import { expect, test } from "vitest";
import { sealParameters, sealSecrets } from "../../../packages/client/src/calls/seal.ts";
import { refusalOf } from "../../support/refusal.ts";

const pair = generateScopeKey();
const ownerId = "pkg_00000000000000000000";
const platform = platformId.parse("plt_00000000000000000000");
const key = { platformId: platform, ownerId, publicKey: pair.publicKey };

test("sealSecrets() seals any JSON value so that the owner of the key opens the same", () => {
  assert(
    property(anyJson(), (value) => {
      // A key that every parser of ours refuses.
      pre(!JSON.stringify(value).includes("__proto__"));
      const given = decode(jsonValue, new TextEncoder().encode(JSON.stringify(value)));
      const [sealed] = sealSecrets(key, "service", new Map([["NAME", given]]));
      const context = secretContext({ platformId: platform, scope: "service", ownerId, name: "NAME" });
      const opened = openWithPrivateKey(pair, context, fromBase64(sealed?.envelope ?? ""));
      expect(decode(jsonValue, opened)).toEqual(given);
    }),
  );
});

test("sealSecrets() binds a value to its name", () => {
  const [sealed] = sealSecrets(key, "service", new Map([["NAME", "value"]]));
  const context = secretContext({ platformId: platform, scope: "service", ownerId, name: "OTHER" });
  const open = () => openWithPrivateKey(pair, context, fromBase64(sealed?.envelope ?? ""));
  expect(refusalOf(open).code).toBe("WRONG_KEY_OR_CONTEXT");
});

test("sealSecrets() refuses a value over the limit by name and size", () => {
  const value = "x".repeat(limits.secretValueBytes - 1);
  const { code, message } = refusalOf(() => sealSecrets(key, "service", new Map([["BIG", value]])));
  expect(code).toBe("VALUE_TOO_LARGE");
  expect(message).toBe(`"BIG": expected a value of at most 1 MiB as JSON, found ${limits.secretValueBytes + 1} bytes`);
});

test("sealSecrets() takes a value of the very limit", () => {
  const value = "x".repeat(limits.secretValueBytes - 2);
  expect(sealSecrets(key, "service", new Map([["BIG", value]])).length).toBe(1);
});

test("sealSecrets() refuses a name that breaks the rule", () => {
  expect(refusalOf(() => sealSecrets(key, "service", new Map([["1A", "x"]]))).code).toBe("NAME_NOT_ALLOWED");
});

test("sealParameters() seals only for the package", () => {
  const sealed = sealParameters(key, { who: "me" });
  const opened = openWithPrivateKey(
    pair,
    parametersContext({ platformId: platform, packageId: ownerId }),
    fromBase64(sealed),
  );
  expect(decode(jsonValue, opened)).toEqual({ who: "me" });
});
