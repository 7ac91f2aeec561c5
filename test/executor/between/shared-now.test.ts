import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sharedNow } from "../../../executor/src/between/shared-now.ts";

test("sharedNow() is the same clock in another process", () => {
  const file = fileURLToPath(new URL("../../../executor/src/between/shared-now.ts", import.meta.url));
  const program = `import { sharedNow } from ${JSON.stringify(file)}; console.log(sharedNow());`;
  const before = sharedNow();
  const there = Number(execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", program]));
  expect(there).toBeGreaterThan(before);
  expect(there).toBeLessThan(sharedNow());
});
