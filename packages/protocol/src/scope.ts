import { z } from "zod";

/** Where a secret lives: one package, one project, or the whole platform. */
export const scope = z.enum(["service", "project", "platform"]);
export type Scope = z.infer<typeof scope>;

/** The order in which a lookup tries the scopes: the narrowest first. */
export const lookupOrder: readonly Scope[] = ["service", "project", "platform"];

/** The scopes a script may write. */
export const writableScope = z.enum(["project", "platform"]);
export type WritableScope = z.infer<typeof writableScope>;
