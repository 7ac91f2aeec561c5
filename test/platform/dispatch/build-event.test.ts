import { sha256Hex } from "@sealrun/crypto";
import { encodeFileList, encodeJson, limits } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEventSecret } from "../../../executor/src/worker/secrets/open-secret.ts";
import { openParameters } from "../../../executor/src/worker/secrets/open-parameters.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

describe("buildEvent()", () => {
  test("buildEvent() lists ids, steps, files, configuration and names to mask", async () => {
    await world.push("described", {
      "b.sh": "true\n",
      "a.py": "pass\n",
      "config.json": '{"url":"http://x"}',
      "manifest.json": JSON.stringify({
        execution_order: ["a.py", "b.sh"],
        secrets: ["ONE"],
        mask: ["TWO"],
        steps: [{ script: "b.sh", timeout: 2, env: { MODE: "fast" }, secrets: [] }],
      }),
      "secrets.json": '{"ONE":1}',
    });
    const event = await world.take("described");
    expect(event).toMatchObject({
      generation: 1,
      platformId: world.platform.platformId,
      project: { name: "acme" },
      package: { name: "described" },
      version: { number: 1 },
      config: { url: "http://x" },
      mask: ["ONE", "TWO"],
      steps: [
        { script: "a.py", secrets: ["ONE"] },
        { script: "b.sh", secrets: [], timeoutMs: 2_000, env: { MODE: "fast" } },
      ],
    });
    expect(sha256Hex(encodeFileList(event.files ?? []))).toBe(event.version.digest);
    expect(event.secrets.map(({ name }) => name)).toEqual(["ONE"]);
  });

  test("buildEvent() carries sealed values while they fit", async () => {
    const { secrets } = await world.take("report");
    expect(secrets.every(({ envelope }) => envelope !== undefined)).toBe(true);
  });

  test("buildEvent() lists references when the values would be over 512 KiB, and these open, too", async () => {
    const values = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`LARGE_${index}`, `${index}`.repeat(90_000)]),
    );
    await world.push("large", { "main.sh": "true\n", "secrets.json": JSON.stringify(values) });
    const event = await world.take("large");
    expect(encodeJson(event).length).toBeLessThan(limits.eventBytes);
    expect(event.secrets.filter(({ envelope }) => envelope !== undefined)).toEqual([]);
    const attempt = await world.peer.claim(event);
    for (const secret of event.secrets) {
      expect((await openEventSecret(attempt.worker, secret)).value === values[secret.name]).toBe(true);
    }
  });

  test("buildEvent() lists 2,000 names within what NATS accepts", async () => {
    const values = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`NAME_${"x".repeat(40)}_${index}`, "v"]),
    );
    await world.push("many", { "main.sh": "true\n", "secrets.json": JSON.stringify(values) });
    const event = await world.take("many");
    expect(event.secrets).toHaveLength(2_000);
    const attempt = await world.peer.claim(event);
    const last = event.secrets.at(-1);
    if (last === undefined) throw new TypeError("the event has no secret");
    expect((await openEventSecret(attempt.worker, last)).value).toBe("v");
  });

  test("buildEvent() carries sealed parameters that only the grant opens", async () => {
    const event = await world.take("report", { parameters: { token: "canary-of-the-parameters" } });
    expect(JSON.stringify(event)).not.toContain("canary-of-the-parameters");
    const attempt = await world.peer.claim(event);
    expect(openParameters(attempt.worker, undefined)).toMatchObject({ values: { token: "canary-of-the-parameters" } });
  });

  test("buildEvent() leaves out the list of very many files, to be fetched", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 4_000 }, (_, index) => [`folder/${"n".repeat(60)}-${index}.txt`, ""]),
    );
    await world.push("files", { "main.sh": "true\n", ...files });
    const event = await world.take("files");
    expect(event.files).toBeUndefined();
  });
});
