import { expect, test } from "vitest";
import { findForms } from "../../../../executor/src/child/network/forms.ts";
import { programs } from "../../../support/servers.ts";

test("findForms() finds that a sandbox can have no network", async () => {
  const found = await findForms({ kind: "bubblewrap", program: programs().bwrap });
  expect(found).toEqual({ enforced: ["host", "none"], missing: new Map() });
});

test("findForms() finds only the host's network without a sandbox, or with one that does not start", async () => {
  expect(await findForms({ kind: "none" })).toMatchObject({ enforced: ["host"] });
  const broken = await findForms({ kind: "bubblewrap", program: "/no/such/bwrap" });
  expect(broken.enforced).toEqual(["host"]);
  expect(broken.missing.get("none")).toContain("/no/such/bwrap cannot be started");
});
