import {
  type Context,
  keyCheckContext,
  parametersContext,
  secretContext,
  stateContext,
  storedContext,
} from "@sealrun/crypto";
import { scope } from "@sealrun/protocol";

/** The context with the parts of a vector. */
export function asContext(parts: readonly string[]): Context {
  const [kind, ...rest] = parts;
  if (kind === "stored") return storedContext(asContext(rest));
  if (kind === "key-check") return keyCheckContext(rest[0] === "storage" ? "storage" : "wrapping");
  const [platformId = "", scopeText = "", ownerId = "", name = ""] = rest;
  if (kind === "parameters") return parametersContext({ platformId, packageId: ownerId });
  if (kind === "state") return stateContext({ platformId, packageId: ownerId, key: name });
  return secretContext({ platformId, scope: scope.parse(scopeText), ownerId, name });
}
