import { createBatchSealer, stateContext, toBase64 } from "@sealrun/crypto";
import { encodeJson } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { putState, readState } from "../../../executor/src/worker/secrets/state.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

describe("answerState()", () => {
  test("answerState() gives back what was put, in this execution and the next", async () => {
    const first = await world.claim("report");
    expect(await readState(first.worker)).toEqual({});
    await putState(first.worker, "cursor", { at: 1 });
    await putState(first.worker, "cursor", { at: 2 });
    await putState(first.worker, "Ünicode \u{1F511}", null);
    const expected = { cursor: { at: 2 }, "Ünicode \u{1F511}": null };
    expect(await readState(first.worker)).toEqual(expected);
    expect(await readState((await world.claim("report")).worker)).toEqual(expected);
  });

  test("answerState() answers large state in pages, and all of it", async () => {
    await world.push("pages");
    const attempt = await world.claim("pages");
    const values = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`key-${index}`, `${index}`.repeat(50_000)]),
    );
    for (const [key, value] of Object.entries(values)) await putState(attempt.worker, key, value);
    const { value: page } = await attempt.rpc.state({ ...attempt.ref, op: "get" });
    expect(page.entries?.length).toBeGreaterThan(0);
    expect(page.entries?.length).toBeLessThan(12);
    expect(page.next).toBe(page.entries?.at(-1)?.key);
    expect(await readState(attempt.worker)).toEqual(values);
  });

  test("answerState() keeps the state of packages apart", async () => {
    await world.push("apart");
    await putState((await world.claim("report")).worker, "whose", "report");
    expect(await readState((await world.claim("apart")).worker)).toEqual({});
  });

  test("answerState() refuses another package's key, a key with NUL, and too much", async () => {
    await world.push("other-key");
    const other = await world.claim("other-key");
    const { rpc, ref, event, grant } = await world.claim("report");
    const place = { platformId: event.platformId, packageId: event.package.id };
    const seal = (key: string, value: unknown, publicKey = grant.publicKey("service")): string =>
      toBase64(createBatchSealer(publicKey).seal(stateContext({ ...place, key }), encodeJson(value)));
    const foreign = seal("k", 1, other.grant.publicKey("service"));
    expect(await codeOf(rpc.state({ ...ref, op: "put", key: "k", envelope: foreign }))).toBe("KEY_CHANGED");
    expect(await codeOf(rpc.state({ ...ref, op: "put", key: "a\0b", envelope: seal("a\0b", 1) }))).toBe(
      "NAME_NOT_ALLOWED",
    );
    const large = seal("k", "x".repeat(300_000));
    expect(await codeOf(rpc.state({ ...ref, op: "put", key: "k", envelope: large }))).toBe("VALUE_TOO_LARGE");
    expect(await codeOf(rpc.state({ ...ref, op: "put", key: "k", envelope: "AAAA" }))).toBe("BAD_FORMAT");
  });

  test("answerState() refuses an executor without the lease", async () => {
    const { ref } = await world.claim("report");
    const stranger = await enrolPeer(world.platform);
    expect(await codeOf(stranger.rpc.state({ ...ref, op: "get" }))).toBe("LEASE_LOST");
    await stranger.close();
  });

  test("answerState() stores nothing that reads as a value", async () => {
    await putState((await world.claim("report")).worker, "hidden", "canary-of-the-state");
    const rows = await world.database.rows(
      z.object({ text: z.string() }),
      "select encode(sealed, 'escape') as text from package_state",
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => text.includes("canary-of-the-state"))).toEqual([]);
  });
});
