import {
  type ExplainedScope,
  type JsonValue,
  lookupOrder,
  type Scope,
  type SecretExplanation,
  type SecretName,
} from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import type { Package } from "../packages/store.ts";
import { getVersion } from "../packages/version-store.ts";
import type { Project } from "../projects/store.ts";
import { findLastAsked, listHistory } from "./history-store.ts";

/**
 * Explains which scope answers a name in a package: each scope in order, what the manifest declares, the last read.
 * Never a value.
 */
export async function explainSecret(
  { database, platformId }: Pick<Deps, "database" | "platformId">,
  target: { readonly project: Project; readonly package: Package },
  name: SecretName,
): Promise<SecretExplanation> {
  const owners: Readonly<Record<Scope, string>> = {
    service: target.package.id,
    project: target.project.id,
    platform: platformId,
  };
  const version = await getVersion(database, target.package.id, target.package.currentVersion);
  const newest = await Promise.all(
    lookupOrder.map(async (scope) => (await listHistory(database, { scope, ownerId: owners[scope], name }, 1))[0]),
  );
  return {
    name,
    project: target.project.name,
    package: target.package.name,
    scopes: explainScopes(newest.map((last) => last ?? null)),
    steps: version.steps.map(({ name: step, secrets }) => ({
      name: step,
      allowed: secrets === undefined || secrets.includes(name),
      declaredBy: declarer(secrets, version.manifest["secrets"]),
    })),
    lastAsked: await findLastAsked(database, target.package.id, name),
    references: [
      ...findReferences("config.json", version.config, name),
      ...findReferences("parameters.json", version.parameters ?? {}, name),
      ...findReferences("manifest.json", version.manifest, name),
    ],
  };
}

/** The scopes in lookup order, with the newest version of each. */
export function explainScopes(newest: readonly ExplainedScope["newest"][]): ExplainedScope[] {
  const first = newest.findIndex((last) => last !== null && last.end === null);
  return lookupOrder.map((scope, index) => {
    const last = newest[index] ?? null;
    const isSet = last !== null && last.end === null;
    const state = isSet ? "set" : last === null ? "absent" : "deleted";
    return { scope, state, answers: index === first, shadowed: isSet && index !== first, newest: last };
  });
}

/** Whether a step's list of secrets is its own or the package's. */
function declarer(own: readonly string[] | undefined, ofPackage: JsonValue | undefined): "package" | "step" | null {
  if (own === undefined) return null;
  return JSON.stringify(own) === JSON.stringify(ofPackage) ? "package" : "step";
}

/** The places where a document refers to a name, in a form that is resolved during the run. */
export function findReferences(file: string, document: JsonValue, name: string): { file: string; path: string }[] {
  const escaped = name.replace(/[.-]/g, "\\$&");
  const forms = new RegExp(
    `\\bsecret\\(\\s*["']${escaped}["']|\\bsecrets\\.${escaped}(?![A-Za-z0-9_-])|\\bsecrets\\[\\s*["']${escaped}["']`,
  );
  const found: { file: string; path: string }[] = [];
  const visit = (value: JsonValue, path: string): void => {
    if (typeof value === "string") {
      if (forms.test(value)) found.push({ file, path });
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, `${path}[${index}]`));
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, path === "" ? key : `${path}.${key}`);
    }
  };
  visit(document, "");
  return found;
}
