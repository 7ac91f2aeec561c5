import type { ReportItem } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { createReceipt, type Read } from "../../../../executor/src/worker/secrets/receipt.ts";

describe("createReceipt()", () => {
  it("reports one row per step, name, scope, version and outcome", async () => {
    const items: ReportItem[] = [];
    const record = createReceipt(async (item) => void items.push(item));
    const read: Read = { step: 0, name: "A", scope: "project", version: 1, outcome: "read", masking: "all" };
    await record(read);
    await record({ ...read });
    await record({ ...read, version: 2 });
    await record({ ...read, step: 1 });
    await record({ ...read, scope: null, version: null, outcome: "missing" });
    expect(items).toHaveLength(4);
  });
});
