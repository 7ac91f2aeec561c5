import type { NetworkSetting } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { requireEnforced } from "../../../../executor/src/child/network/require-enforced.ts";

test("requireEnforced() refuses without a sandbox what only a sandbox enforces", () => {
  const limited: readonly NetworkSetting[] = ["none", ["api.example.com:443"]];
  for (const network of limited) {
    expect(() => requireEnforced({ kind: "none" }, network)).toThrow(
      expect.objectContaining({ code: "NETWORK_NOT_ENFORCED" }),
    );
    expect(() => requireEnforced({ kind: "bubblewrap" }, network)).not.toThrow();
  }
  for (const network of ["host", undefined] as const) {
    expect(() => requireEnforced({ kind: "none" }, network)).not.toThrow();
  }
});
