import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AuditWorld, openAuditWorld } from "../../support/audit-world.ts";

let world: AuditWorld;
beforeEach(async () => {
  world = await openAuditWorld();
});
afterEach(async () => world.close());

/** 1,200 rows, checked by a platform that keeps its notes, and 3 more. */
async function checkedOnce() {
  await world.record(1_200);
  const audit = await world.start();
  expect(await audit.verify()).toMatchObject({ checked: 1_200, from: null, fault: null });
  await world.record(3);
  return audit;
}

describe("Audit.verify() after a successful check", () => {
  test("Audit.verify() reads only what follows, also after a restart, and everything when told to", async () => {
    const first = await checkedOnce();
    const full = await first.verify({ isFull: true });
    expect(full).toMatchObject({ checked: 1_203, from: null, remarks: [], fault: null });
    await world.record(2);
    const second = await (await world.start()).verify();
    expect(second).toMatchObject({
      checked: 2,
      from: { position: "1203" },
      head: { position: "1205" },
      fullAt: full.fullAt,
      fault: null,
      remarks: [],
    });
    expect(await (await world.start()).verify()).toMatchObject({ checked: 0, from: { position: "1205" } });
  });

  test("Audit.verify() keeps its notes in a file that only its owner may read", async () => {
    await checkedOnce();
    expect((await stat(world.notes)).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["a later row that was edited", "update audit set actor = 'x' where seq = 1202", "edited"],
    ["a later row that was removed", "delete from audit where seq = 1202", "deleted"],
    [
      "a later row that is in no link",
      "insert into audit (actor, action, object, detail, request_id) values ('a', 'b', 'c', '{}', 'd')",
      "inserted",
    ],
    ["a cut behind the checked part", "delete from audit_chain where position > 1200", "cut"],
    ["a cut before its end", "delete from audit_chain where position > 700", "cut"],
    [
      "a link before which the chain was made again",
      "update audit_chain set hash = sha256('x') where position = 1200",
      "cut",
    ],
  ])("Audit.verify() still names %s", async (_, statement, kind) => {
    const audit = await checkedOnce();
    await audit.close();
    await world.asOwner(statement);
    const found = await (await world.start()).verify();
    expect(found.fault).toMatchObject({ kind });
    expect(found.checked).toBeLessThan(10);
  });

  test("Audit.verify() does not see a change of a row that was checked before; a full one does, and so does every one after it", async () => {
    const audit = await checkedOnce();
    await world.asOwner("update audit set actor = 'x' where seq = 5");
    expect(await audit.verify()).toMatchObject({ fault: null, from: { position: "1200" } });
    const full = await audit.verify({ isFull: true });
    expect(full.fault).toMatchObject({ kind: "edited", seq: "5" });
    const next = await (await world.start()).verify();
    expect(next).toMatchObject({ from: null, fault: { kind: "edited", seq: "5" }, fullAt: expect.any(String) });
    expect(next.remarks).toEqual([expect.stringMatching(/^The check of .* found a fault, so everything was read$/)]);
  });

  test.each([
    ["is missing", async () => rm(world.notes), "has no earlier check"],
    ["is no JSON", async () => writeFile(world.notes, "{"), "does not have the expected form"],
    [
      "was changed",
      async () => writeFile(world.notes, (await readFile(world.notes, "utf8")).replace('"1200"', '"1100"')),
      "was not written with this audit's key",
    ],
    ["cannot be read", async () => rm(world.notes).then(async () => mkdir(world.notes)), "cannot be read (EISDIR)"],
  ])("Audit.verify() says that its file %s, and reads everything", async (_, spoil, said) => {
    const audit = await checkedOnce();
    await spoil();
    const found = await audit.verify();
    expect(found).toMatchObject({ checked: 1_203, from: null, fault: null });
    expect(found.remarks[0]).toBe(`${world.notes} ${said}, so everything was read`);
  });

  test("Audit.verify() does not believe the notes of another key", async () => {
    await (await world.start({ key: 7, file: world.checkpoint })).verify();
    await world.record(2);
    await (await world.start({ key: 7, file: world.checkpoint })).verify();
    const found = await (await world.start()).verify();
    expect(found.remarks).toEqual([`${world.notes} was not written with this audit's key, so everything was read`]);
    expect(found.fault).toMatchObject({ kind: "edited", seq: "1" });
  });

  test("Audit.verify() of two platforms goes on from each one's own notes", async () => {
    await checkedOnce();
    const other = await world.start({ file: `${world.checkpoint}.other` });
    expect(await other.verify()).toMatchObject({ checked: 1_203, from: null });
    await world.record(1);
    expect(await other.verify()).toMatchObject({ checked: 1, from: { position: "1203" } });
    expect(await (await world.start()).verify()).toMatchObject({ checked: 4, from: { position: "1200" } });
  });

  test("Audit.verify() asked twice at once checks one after the other", async () => {
    const audit = await checkedOnce();
    const found = await Promise.all([audit.verify({ isFull: true }), audit.verify(), audit.verify()]);
    expect(found.map(({ checked }) => checked)).toEqual([1_203, 0, 0]);
  });
});

describe("startAudit()", () => {
  test("startAudit() writes a checkpoint that was removed, before the next row comes", async () => {
    await world.record(2);
    await (await world.start()).verify();
    await rm(world.checkpoint);
    expect(await (await world.start()).verify()).toMatchObject({ checkpoint: { position: "2" }, fault: null });
    expect(await readFile(world.checkpoint, "utf8")).toContain('"2"');
  });

  test("startAudit() after a restore says so until both files are removed", async () => {
    await checkedOnce();
    await (await world.start()).verify();
    await world.asOwner("delete from audit where seq > 600", "delete from audit_chain where seq > 600");
    const restored = await world.start();
    expect((await restored.look()).isInChain).toBe(false);
    expect((await restored.verify()).fault).toMatchObject({ kind: "cut" });
    await rm(world.checkpoint);
    expect((await (await world.start()).verify()).fault).toMatchObject({ kind: "cut" });
    await rm(world.checkpoint);
    await rm(world.notes);
    const mended = await world.start();
    expect(await mended.verify()).toMatchObject({ checked: 600, fault: null, checkpoint: { position: "600" } });
    expect(await mended.look()).toMatchObject({ isInChain: true, failure: undefined });
  });
});
