import {
  type JsonValue,
  putSecretsAnswer,
  type Scope,
  SealrunError,
  type SecretInfo,
  secretKey,
  secretList,
} from "@sealrun/protocol";
import { type Ask, path } from "./request.ts";
import { sealSecrets } from "./seal.ts";
import type { ExpectedScope, Trust } from "./trust.ts";

/** Whose secrets: the platform's, a project's, or one package's. */
export type SecretPlace =
  | { readonly scope: "platform" }
  | { readonly scope: "project"; readonly project: string }
  | { readonly scope: "service"; readonly project: string; readonly package: string };

/** Secrets of the three scopes. Values go in sealed and never come out. */
export interface Secrets {
  /** Seals and stores all of them, or none. */
  setSecrets(place: SecretPlace, values: ReadonlyMap<string, JsonValue>): Promise<readonly SecretInfo[]>;
  listSecrets(place: SecretPlace): Promise<readonly SecretInfo[]>;
  deleteSecret(place: SecretPlace, name: string): Promise<SecretInfo>;
}

/** The calls about secrets; `findOwner` gives the id of a place when something else than the key's statement knows it. */
export function createSecrets(
  ask: Ask,
  trust: Trust,
  findOwner: (place: SecretPlace) => Promise<string | undefined>,
): Secrets {
  const sealAndPut = async (
    place: SecretPlace,
    values: ReadonlyMap<string, JsonValue>,
  ): Promise<readonly SecretInfo[]> => {
    const collection = collectionOf(place);
    const { key: statement } = await ask(secretKey, { method: "GET", path: `${collection}/key` });
    const key = await trust.readKey(statement, expectedOf(place.scope, await findOwner(place)));
    const secrets = sealSecrets(key, place.scope, values);
    return (await ask(putSecretsAnswer, { method: "PUT", path: collection, json: { secrets } })).secrets;
  };
  return {
    setSecrets: async (place, values) => againWhenKeyChanged(async () => sealAndPut(place, values)),
    listSecrets: async (place) => (await ask(secretList, { method: "GET", path: collectionOf(place) })).secrets,
    deleteSecret: async (place, name) => {
      const call = { method: "DELETE", path: `${collectionOf(place)}${path`/${name}`}` } as const;
      const [removed] = (await ask(putSecretsAnswer, call)).secrets;
      if (removed === undefined) throw new SealrunError("SECRET_NOT_FOUND", "");
      return removed;
    },
  };
}

/** Does it once more when the key to seal with was replaced in between. */
export async function againWhenKeyChanged<T>(action: () => Promise<T>): Promise<T> {
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
