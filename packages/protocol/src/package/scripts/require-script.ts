import { parseJson } from "../../text/decode.ts";
import { SealrunError } from "../../error.ts";
import { jsonObject } from "../../text/json-value.ts";
import { limits } from "../../limits.ts";
import { showName } from "../../text/show-text.ts";
import { decodeUtf8 } from "../../text/utf8.ts";
import { isScript, scriptEndings } from "./script-kind.ts";

/** A file of a package, read. */
interface ReadFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How each engine calls its documents, and how they name a secret: that form also works here. */
const dialects = {
  kestra: { document: "a Kestra flow", secret: "{{ secret('NAME') }}" },
  conductor: { document: "a Conductor workflow", secret: "${workflow.secrets.NAME}" },
  direktiv: { document: "a Direktiv workflow", secret: "jq(.secrets.NAME)" },
} as const;

const ownDocuments = new Set(["manifest.json", "config.json", "parameters.json"]);

/**
 * Throws `PACKAGE_INVALID` for a package without a script. If a file looks like a document of Kestra, Conductor or
 * Direktiv, the sentence says which, and what can be done with it.
 */
export function requireScript(files: readonly ReadFile[]): void {
  if (files.some(({ path }) => isScript(path))) return;
  const endings = scriptEndings.join(" ");
  for (const { path, bytes } of files) {
    const dialect = recognizeFlow(path, bytes);
    if (dialect === undefined) continue;
    const { document, secret } = dialects[dialect];
    throw new SealrunError(
      "PACKAGE_INVALID",
      `${showName(path)} looks like ${document}, which this release does not run; write its tasks as scripts (files that end in ${endings}) and their order as steps in manifest.json: secrets written as ${secret} work in config.json, in parameters, and in the env and input of steps`,
    );
  }
  throw new SealrunError("PACKAGE_INVALID", `Expected a script in the package: a file that ends in ${endings}`);
}

function recognizeFlow(path: string, bytes: Uint8Array): keyof typeof dialects | undefined {
  const isJson = /\.json$/i.test(path);
  const isCandidate = isJson || /\.ya?ml$/i.test(path);
  if (!isCandidate || ownDocuments.has(path) || bytes.length > limits.documentBytes) return undefined;
  const text = decodeUtf8(bytes);
  if (typeof text !== "string") return undefined;
  const keys = isJson ? keysOfJson(text) : keysOfYaml(text);
  const has = (...names: readonly string[]): boolean => names.every((name) => keys.has(name));
  if (has("direktiv_api") || has("states", "id") || has("states", "functions")) return "direktiv";
  if (has("id", "namespace", "tasks")) return "kestra";
  return has("name", "tasks") && text.includes("taskReferenceName") ? "conductor" : undefined;
}

/** The keys of the object, or of the first object of a list: Conductor exports lists. */
function keysOfJson(text: string): ReadonlySet<string> {
  try {
    const value = parseJson(text);
    const parsed = jsonObject.safeParse(Array.isArray(value) ? value[0] : value);
    return new Set(Object.keys(parsed.data ?? {}));
  } catch {
    // A file that is not JSON is data like any other.
    return new Set();
  }
}

/** The keys at the start of a line. That is enough to recognize a document; nothing is read from it. */
function keysOfYaml(text: string): ReadonlySet<string> {
  const keys = text.split("\n").map((line) => /^["']?([A-Za-z_]{1,64})["']?[ \t]{0,8}:/.exec(line)?.[1]);
  return new Set(keys.filter((key) => key !== undefined));
}
