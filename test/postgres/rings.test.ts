import { expect, test } from "vitest";
import { addsToAudit, createRings } from "../../packages/postgres/src/rings.ts";

test("createRings() calls the listeners of that bell only, until they stop", () => {
  const rings = createRings();
  const heard: string[] = [];
  const stop = rings.onRing("audit", () => heard.push("one"));
  rings.onRing("audit", () => heard.push("two"));
  for (const bell of ["audit", "attempts"]) rings.ring(bell);
  stop();
  rings.ring("audit");
  expect(heard).toEqual(["one", "two", "two"]);
});

test("addsToAudit() finds statements that write rows of the audit, and none about its chain", () => {
  const writes = ["insert into audit (action) values ($1)", "with a as (select 1) insert into audit select * from a"];
  expect(writes.filter(addsToAudit)).toEqual(writes);
  expect(["insert into audit_chain (seq) values (1)", "select from audit"].filter(addsToAudit)).toEqual([]);
});
