import { randomBytes } from "node:crypto";
import { sha256Hex } from "@sealrun/crypto";
import { decode, fileList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchWhole } from "../../../executor/src/between/fetch-whole.ts";
import { send } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";

const large = randomBytes(900_000).toString("hex");

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.push("files", { "main.sh": "echo hello\n", "empty.txt": "", "large.txt": large });
  await world.push("stranger", { "main.sh": "echo other\n", "secrets.json": '{"THEIRS":"x"}' });
});
afterAll(async () => world.close());

describe("answerFetch()", () => {
  test("answerFetch() answers files of the version by digest, in parts", async () => {
    const attempt = await world.claim("files");
    for (const text of ["echo hello\n", "", large]) {
      const sha256 = sha256Hex(Buffer.from(text));
      const bytes = await fetchWhole(attempt.worker, { kind: "file", sha256 }, sha256);
      expect(Buffer.from(bytes).toString() === text).toBe(true);
    }
  });

  test("answerFetch() answers the list that the signed event names by its digest", async () => {
    const attempt = await world.claim("files");
    const bytes = await fetchWhole(attempt.worker, { kind: "file-list" }, attempt.event.version.digest);
    expect(decode(fileList, bytes).map(({ path }) => path)).toEqual(["main.sh", "empty.txt", "large.txt"]);
  });

  test("answerFetch() refuses another package's file", async () => {
    const attempt = await world.claim("files");
    const sha256 = sha256Hex(Buffer.from("echo other\n"));
    expect(await codeOf(attempt.rpc.fetch({ ...attempt.ref, what: { kind: "file", sha256 }, offset: 0 }))).toBe(
      "NOT_FOUND",
    );
  });

  test("answerFetch() refuses another package's secret, and one that no longer exists, as replaced", async () => {
    const theirs = await world.take("stranger");
    const [secret] = theirs.secrets;
    if (secret === undefined) throw new TypeError("the event has no secret");
    const what = { kind: "secret", id: secret.id, version: secret.version } as const;
    const { rpc, ref } = await world.claim("files");
    expect(await codeOf(rpc.fetch({ ...ref, what, offset: 0 }))).toBe("REPLACED");
    const own = await world.peer.claim(theirs);
    expect(sha256Hex(await fetchWhole(own.worker, what))).toBe(secret.sha256);
    expect(await codeOf(fetchWhole(own.worker, { ...what, version: 2 }))).toBe("REPLACED");
    await send(world.platform, "DELETE", "/projects/acme/packages/stranger/secrets/THEIRS");
    expect(await codeOf(fetchWhole(own.worker, what))).toBe("REPLACED");
  });

  test("answerFetch() refuses an executor without the lease", async () => {
    const { ref } = await world.claim("files");
    const stranger = await enrolPeer(world.platform);
    expect(await codeOf(stranger.rpc.fetch({ ...ref, what: { kind: "file-list" }, offset: 0 }))).toBe("LEASE_LOST");
    await stranger.close();
  });

  test("answerFetch() answers no bytes past the end", async () => {
    const { rpc, ref } = await world.claim("files");
    const sha256 = sha256Hex(Buffer.from("echo hello\n"));
    const reply = await rpc.fetch({ ...ref, what: { kind: "file", sha256 }, offset: 2_000_000_000 });
    expect(reply).toEqual({ ok: true, size: 11, bytes: "" });
  });
});
