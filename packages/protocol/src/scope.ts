import { z } from "zod";

/** Where a secret lives: one package, one project, or the whole platform. */
export const scope = z.enum(["service", "project", "platform"]);
export type Scope = z.infer<typeof scope>;

/** The order in which a lookup tries the scopes: the narrowest first. */
export const lookupOrder: readonly Scope[] = ["service", "project", "platform"];

/** The scopes a script may write. */
export const writableScope = z.enum(["project", "platform"]);
export type WritableScope = z.infer<typeof writableScope>;

/** The scopes that answer before this one: a secret of the same name in one of them shadows it. Narrowest first. */
export function narrowerScopes(than: Scope): readonly Scope[] {
  return lookupOrder.slice(0, lookupOrder.indexOf(than));
}

/** The scope that a namespace names: by its own name or by the project's. Undefined when it names no scope. */
export function scopeOfNamespace(namespace: string, project: string | undefined): Scope | undefined {
  return scope.safeParse(namespace).data ?? (namespace === project ? "project" : undefined);
}

/** The scopes that may answer: all of them without a namespace, none for a namespace that names no scope. */
export function scopesOf(namespace: string | undefined, project: string | undefined): readonly Scope[] {
  if (namespace === undefined) return lookupOrder;
  const named = scopeOfNamespace(namespace, project);
  return named === undefined ? [] : [named];
}
