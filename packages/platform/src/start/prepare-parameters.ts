import { createBatchSealer, parametersContext, sealWithKey, storedContext, wipe } from "@sealrun/crypto";
import {
  checkParameters,
  encodeJson,
  type JsonObject,
  type PackageId,
  type ParametersFile,
  SealrunError,
  showName,
  type StartExecution,
  visibleParameters,
} from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { readSealedParameters } from "../secrets/read-sealed.ts";
import type { ScopeKey } from "../secrets/scope-key.ts";

/** Parameters as an execution stores them. */
export interface PreparedParameters {
  readonly visible: JsonObject;
  /** In both layers; null when no parameter is sealed. */
  readonly sealed: Uint8Array | null;
  readonly sealedNames: readonly string[];
}

/**
 * The parameters.json that parameters are checked against, and where the key that seals them comes from. Nothing asks
 * for the key of a start that seals nothing.
 */
export interface ParametersPlace {
  readonly packageId: PackageId;
  readonly findKey: () => Promise<ScopeKey>;
  readonly file: ParametersFile | undefined;
}

const maxNames = 1_000;

type PrepareDeps = Pick<Deps, "platformId" | "storageKey">;

/**
 * Checks the parameters of a start and adds the outer layer to sealed ones; plain ones are sealed here, in memory.
 * `PARAMETER_INVALID` names the parameter, never its value; `KEY_CHANGED`, `VALUE_TOO_LARGE`, `BAD_REQUEST`, and the
 * errors of `findKey`.
 */
export async function prepareParameters(
  deps: PrepareDeps,
  place: ParametersPlace,
  given: StartExecution,
): Promise<PreparedParameters> {
  const isSealed = given.sealed !== undefined || given.visible !== undefined || given.sealedNames !== undefined;
  if (!isSealed) return sealPlain(deps, place, given.parameters ?? {});
  if (given.parameters !== undefined) {
    throw new SealrunError("BAD_REQUEST", "Expected either parameters, or visible and sealed, not both");
  }
  const visible = checkVisible(place.file, given.visible ?? {});
  const sealedNames = given.sealedNames ?? [];
  checkSealedNames(place.file, sealedNames);
  if (given.sealed === undefined) {
    if (sealedNames.length > 0) throw new SealrunError("BAD_REQUEST", "Expected sealed together with sealedNames");
    return { visible, sealed: null, sealedNames };
  }
  const envelope = readSealedParameters(await place.findKey(), given.sealed, "the parameters");
  return { visible, sealed: wrap(deps, place, envelope), sealedNames };
}

async function sealPlain(deps: PrepareDeps, place: ParametersPlace, given: JsonObject): Promise<PreparedParameters> {
  const params = checkParameters(place.file, given);
  const { visible, names } = visibleParameters(place.file, params);
  const sealedNames = names.filter((name) => !Object.hasOwn(visible, name));
  if (sealedNames.length === 0) return { visible, sealed: null, sealedNames };
  const { publicKey } = await place.findKey();
  const hidden = Object.entries(params).filter(([name]) => !Object.hasOwn(visible, name));
  const plaintext = encodeJson(Object.fromEntries(hidden));
  try {
    const context = parametersContext({ platformId: deps.platformId, packageId: place.packageId });
    const envelope = createBatchSealer(publicKey).seal(context, plaintext);
    return { visible, sealed: wrap(deps, place, envelope), sealedNames };
  } finally {
    wipe(plaintext);
  }
}

/** Only parameters that parameters.json marks as visible may be stored in plain text. */
function checkVisible(file: ParametersFile | undefined, visible: JsonObject): JsonObject {
  const fields = (file?.fields ?? []).filter((field) => field.visible === true);
  for (const name of Object.keys(visible)) {
    if (fields.some((field) => field.name === name)) continue;
    throw new SealrunError(
      "PARAMETER_INVALID",
      `Parameter ${showName(name)}: expected a sealed value, because parameters.json does not mark it visible`,
    );
  }
  return checkParameters({ fields }, visible);
}

function checkSealedNames(file: ParametersFile | undefined, names: readonly string[]): void {
  if (names.length > maxNames || new Set(names).size !== names.length) {
    throw new SealrunError("BAD_REQUEST", `Expected at most ${maxNames} different names at sealedNames`);
  }
  for (const name of names) {
    const field = file?.fields.find((candidate) => candidate.name === name);
    if (name.length <= 256 && (file === undefined || (field !== undefined && field.visible !== true))) continue;
    throw new SealrunError("PARAMETER_INVALID", `Parameter ${showName(name)}: not a sealed parameter of this package`);
  }
}

function wrap(deps: PrepareDeps, place: ParametersPlace, envelope: Uint8Array): Uint8Array {
  const context = parametersContext({ platformId: deps.platformId, packageId: place.packageId });
  return sealWithKey(deps.storageKey, storedContext(context), envelope);
}
