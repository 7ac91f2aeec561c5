import type { JsonValue } from "@sealrun/protocol";

/** For whom a missing name is set. */
export type TypedScope = "service" | "project";

/** The values to seal, by the scope that they go to. */
export interface TypedValues {
  readonly ofPackage: ReadonlyMap<string, JsonValue>;
  readonly ofProject: ReadonlyMap<string, JsonValue>;
}

/** What is typed for each name; an empty field sets nothing. */
export function sortTyped(texts: ReadonlyMap<string, string>, scopes: ReadonlyMap<string, TypedScope>): TypedValues {
  const given = [...texts].filter(([, text]) => text !== "");
  const isOfProject = ([name]: readonly [string, string]): boolean => scopes.get(name) === "project";
  return {
    ofPackage: new Map(given.filter((entry) => !isOfProject(entry))),
    ofProject: new Map(given.filter(isOfProject)),
  };
}
