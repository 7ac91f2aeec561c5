import { lookupOrder, narrowerScopes, scope, scopeOfNamespace, scopesOf, writableScope } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("lookupOrder goes from the narrowest scope to the widest, through all of them", () => {
  expect(lookupOrder).toEqual(["service", "project", "platform"]);
  expect([...lookupOrder].toSorted()).toEqual([...scope.options].toSorted());
});

test("writableScope leaves out the service scope", () => {
  expect(writableScope.options).toEqual(["project", "platform"]);
  expect(writableScope.safeParse("service").success).toBe(false);
});

test("narrowerScopes() lists the scopes that shadow one, the narrowest first", () => {
  expect(narrowerScopes("service")).toEqual([]);
  expect(narrowerScopes("project")).toEqual(["service"]);
  expect(narrowerScopes("platform")).toEqual(["service", "project"]);
});

test("scopeOfNamespace() knows the scopes and the project by their names", () => {
  expect(scope.options.map((name) => scopeOfNamespace(name, "shop"))).toEqual(scope.options);
  expect(scopeOfNamespace("shop", "shop")).toBe("project");
  expect(scopeOfNamespace("shop", "other")).toBeUndefined();
  expect(scopeOfNamespace("shop", undefined)).toBeUndefined();
  expect(scopeOfNamespace("platform", "platform")).toBe("platform");
});

test("scopesOf() answers every scope without a namespace, and none for an unknown namespace", () => {
  expect(scopesOf(undefined, "shop")).toEqual(lookupOrder);
  expect(scopesOf("shop", "shop")).toEqual(["project"]);
  expect(scopesOf("elsewhere", "shop")).toEqual([]);
});
