import { expect, test } from "vitest";
import { findForms } from "../../../../executor/src/child/network/forms.ts";
import { programs } from "../../../support/servers.ts";
import { testRuntime } from "../../run-package.ts";

/** Only root may choose the users of slots. */
const users = process.getuid?.() === 0 ? [false, true] : [false];

test.each(users)("findForms() finds none and named hosts, with users of slots: %s", async (hasUsers) => {
  const found = await findForms({ kind: "bubblewrap", program: programs().bwrap, hasUsers }, testRuntime());
  expect(found).toEqual({ enforced: ["host", "none", "named"], missing: new Map() });
});

test("findForms() finds only the host's network without a sandbox, or with one that does not start", async () => {
  expect(await findForms({ kind: "none", hasUsers: false }, testRuntime())).toMatchObject({ enforced: ["host"] });
  const broken = await findForms({ kind: "bubblewrap", program: "/no/such/bwrap", hasUsers: false }, testRuntime());
  expect(broken.enforced).toEqual(["host"]);
  expect(broken.missing.get("none")).toContain("/no/such/bwrap cannot be started");
  expect(broken.missing.get("named")).toBe("No sandbox can be started here");
});

test("findForms() finds no named hosts, and leaves no process, where their sockets cannot be made", async () => {
  const broken = { ...testRuntime(), node: "/no/such/node" };
  const found = await findForms({ kind: "bubblewrap", program: programs().bwrap, hasUsers: false }, broken);
  expect(found.enforced).toEqual(["host", "none"]);
  expect(found.missing.get("named")).toMatch(
    /^The sockets of named hosts could not be made \(nsenter: .*\/no\/such\/node/,
  );
});
