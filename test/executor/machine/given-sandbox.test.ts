import { expect, test } from "vitest";
import { givenSandbox } from "../../../executor/src/machine/given-sandbox.ts";

test("givenSandbox() is what the settings say", () => {
  expect(givenSandbox({ kind: "none" })).toEqual({ kind: "none" });
  const hostRoots = [{ path: "/usr" }, { path: "/bin", link: "usr/bin" }];
  const given = { kind: "bubblewrap" as const, program: "/usr/bin/bwrap", hostRoots, hidden: ["/usr/x"], tmpBytes: 1 };
  expect(givenSandbox(given)).toEqual(given);
  const { tmpBytes, ...rest } = given;
  expect([tmpBytes, "tmpBytes" in givenSandbox(rest)]).toEqual([1, false]);
});
