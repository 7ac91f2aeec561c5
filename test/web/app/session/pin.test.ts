import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { checkPin, type PinStorage, repin } from "../../../../packages/web/src/app/session/pin.ts";

function storage(): PinStorage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

test("checkPin() keeps the first fingerprint and lets it pass later", () => {
  const own = storage();
  checkPin(own, "SHA256:one");
  checkPin(own, "SHA256:one");
  expect([...own.kept.values()]).toEqual(["SHA256:one"]);
});

test("checkPin() refuses another fingerprint, names both and keeps the first", () => {
  const own = storage();
  checkPin(own, "SHA256:one");
  const failure = (): void => checkPin(own, "SHA256:two");
  expect(failure).toThrow(SealrunError);
  expect(failure).toThrow(/SHA256:two.*SHA256:one/);
  expect([...own.kept.values()]).toEqual(["SHA256:one"]);
});

test("repin() trusts the other fingerprint from then on", () => {
  const own = storage();
  checkPin(own, "SHA256:one");
  repin(own, "SHA256:two");
  checkPin(own, "SHA256:two");
  expect([...own.kept.values()]).toEqual(["SHA256:two"]);
});
