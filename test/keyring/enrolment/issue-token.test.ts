import { fingerprint, sha256Hex, fromBase64 } from "@sealrun/crypto";
import { issueEnrolmentToken } from "@sealrun/keyring";
import { decodeEnrolmentToken } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { codeOf, startWorld, type World } from "../world.ts";
import { freshToken } from "./enrol-executor.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

test("issueEnrolmentToken() says where to enrol and whom to believe", async () => {
  const token = decodeEnrolmentToken(await issueEnrolmentToken(world.config, { pool: "fast", projects: "all" }));
  expect(token).toMatchObject({ url: world.config.publicUrl, pool: "fast", projects: "all" });
  expect(token.fingerprint).toBe(fingerprint(world.keyringIdentity.signPublic));
});

test("issueEnrolmentToken() makes one pool per name, regardless of case", async () => {
  await Promise.all(["slow", "Slow", "SLOW"].map(async (pool) => freshToken(world, "all", pool)));
  const pools = await world.database.rows(
    z.object({ id: z.string() }),
    "select id from pools where lower(name) = 'slow'",
  );
  expect(pools).toHaveLength(1);
});

test("issueEnrolmentToken() refuses a pool's name that breaks the rule", async () => {
  for (const pool of ["", "a b", "-x", "x".repeat(65), "a\r\nb"]) {
    expect(await codeOf(issueEnrolmentToken(world.config, { pool, projects: "all" }))).toBe("NAME_NOT_ALLOWED");
  }
});

test("issueEnrolmentToken() keeps neither the secret nor its digest in the clear", async () => {
  const token = await freshToken(world);
  const secret = fromBase64(token.secret);
  const row = z.object({ text: z.string() });
  const kept = await world.database.rows(row, "select t::text as text from enrolment_tokens t");
  const text = kept.map((one) => one.text).join("\n");
  expect(text).toContain(token.id);
  expect(text).not.toContain(Buffer.from(secret).toString("hex"));
  expect(text).not.toContain(sha256Hex(secret));
});
