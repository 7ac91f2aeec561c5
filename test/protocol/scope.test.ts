import { lookupOrder, scope, writableScope } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("lookupOrder goes from the narrowest scope to the widest, through all of them", () => {
  expect(lookupOrder).toEqual(["service", "project", "platform"]);
  expect([...lookupOrder].toSorted()).toEqual([...scope.options].toSorted());
});

test("writableScope leaves out the service scope", () => {
  expect(writableScope.options).toEqual(["project", "platform"]);
  expect(writableScope.safeParse("service").success).toBe(false);
});
