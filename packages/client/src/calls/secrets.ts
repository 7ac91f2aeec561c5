import {
  type JsonValue,
  putSecretsAnswer,
  type Scope,
  SealrunError,
  secretExplanation,
  type SecretExplanation,
  secretHistory,
  type SecretHistory,
  type SecretInfo,
  secretKey,
  secretList,
  secretOverrides,
  type SecretOverrides,
  secretUses,
  type SecretUses,
  showNames,
} from "@sealrun/protocol";
import { archivedQuery } from "../connection/query.ts";
import { type Ask, path } from "../connection/request.ts";
import { isEmptyValue } from "../secret-files/empty-value.ts";
import { sealSecrets } from "./seal.ts";
import type { ExpectedScope, Trust } from "../connection/trust.ts";

/** Whose secrets: the platform's, a project's, or one package's. */
export type SecretPlace =
  | { readonly scope: "platform" }
  | { readonly scope: "project"; readonly project: string }
  | { readonly scope: "service"; readonly project: string; readonly package: string };

/** Secrets of the three scopes. Values go in sealed and never come out. */
export interface Secrets {
  /**
   * Seals and stores all values, or none; `source` is shown in their history, `set` by default. `VALUE_EMPTY` for a value
   * that `isEmptyValue` finds empty, unless `allowEmpty` says that it is meant.
   */
  setSecrets(
    place: SecretPlace,
    values: ReadonlyMap<string, JsonValue>,
    source?: "set" | "import",
    choice?: { readonly allowEmpty?: boolean | undefined },
  ): Promise<readonly SecretInfo[]>;
  listSecrets(place: SecretPlace): Promise<readonly SecretInfo[]>;
  /** `SECRET_IN_USE` while packages use it, unless `force` says that they may lose it. */
  deleteSecret(
    place: SecretPlace,
    name: string,
    choice?: { readonly force?: boolean | undefined },
  ): Promise<SecretInfo>;
  /** Every version, the newest first, deleted ones too. */
  getSecretHistory(place: SecretPlace, name: string): Promise<SecretHistory>;
  /** The packages that use it. */
  secretUses(place: SecretPlace, name: string): Promise<SecretUses>;
  /** The secrets of a project that packages of it have too; archived packages where they are asked for. */
  listOverrides(project: string, options?: { readonly archived?: boolean }): Promise<SecretOverrides["overrides"]>;
  /** Why a name resolves to this scope in a package. */
  explainSecret(
    target: { readonly project: string; readonly package: string },
    name: string,
  ): Promise<SecretExplanation>;
}

/** The calls about secrets; `findOwner` gives the id of a place when it is known without the key's statement. */
export function createSecrets(
  ask: Ask,
  trust: Trust,
  findOwner: (place: SecretPlace) => Promise<string | undefined>,
): Secrets {
  const sealAndPut = async (
    place: SecretPlace,
    values: ReadonlyMap<string, JsonValue>,
    source: "set" | "import",
  ): Promise<readonly SecretInfo[]> => {
    const collection = collectionOf(place);
    const { key: statement } = await ask(secretKey, { method: "GET", path: `${collection}/key`, isForSave: true });
    const key = await trust.readKey(statement, expectedOf(place.scope, await findOwner(place)));
    const secrets = sealSecrets(key, place.scope, values);
    return (await ask(putSecretsAnswer, { method: "PUT", path: collection, json: { secrets, source } })).secrets;
  };
  return {
    setSecrets: async (place, values, source = "set", { allowEmpty = false } = {}) => {
      const empty = [...values].filter(([, value]) => isEmptyValue(value)).map(([name]) => name);
      if (empty.length > 0 && !allowEmpty) {
        throw new SealrunError(
          "VALUE_EMPTY",
          `Expected a value of ${showNames(empty)}, found an empty one; nothing was stored; set allowEmpty if it is meant`,
        );
      }
      return retryWhenKeyChanged(async () => sealAndPut(place, values, source));
    },
    listSecrets: async (place) => (await ask(secretList, { method: "GET", path: collectionOf(place) })).secrets,
    deleteSecret: async (place, name, { force = false } = {}) => {
      const query = force ? "?force=true" : "";
      const call = { method: "DELETE", path: `${collectionOf(place)}${path`/${name}`}${query}` } as const;
      const [removed] = (await ask(putSecretsAnswer, call)).secrets;
      if (removed === undefined) throw new SealrunError("SECRET_NOT_FOUND", "");
      return removed;
    },
    getSecretHistory: async (place, name) =>
      ask(secretHistory, { method: "GET", path: `${collectionOf(place)}${path`/${name}/history`}` }),
    secretUses: async (place, name) =>
      ask(secretUses, { method: "GET", path: `${collectionOf(place)}${path`/${name}/uses`}` }),
    listOverrides: async (project, options = {}) => {
      const call = path`/projects/${project}/secrets/overrides` + archivedQuery(options);
      return (await ask(secretOverrides, { method: "GET", path: call })).overrides;
    },
    explainSecret: async (target, name) =>
      ask(secretExplanation, {
        method: "GET",
        path: path`/projects/${target.project}/packages/${target.package}/secrets/${name}/explain`,
      }),
  };
}

/** Runs the action again when the key to seal with was replaced in between. */
export async function retryWhenKeyChanged<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SealrunError && error.code === "KEY_CHANGED") return action();
    throw error;
  }
}

function expectedOf(scope: Scope, ownerId: string | undefined): ExpectedScope {
  return ownerId === undefined ? { scope } : { scope, ownerId };
}

function collectionOf(place: SecretPlace): string {
  switch (place.scope) {
    case "platform":
      return "/platform/secrets";
    case "project":
      return path`/projects/${place.project}/secrets`;
    case "service":
      return path`/projects/${place.project}/packages/${place.package}/secrets`;
  }
}
