import { z } from "zod";
import { closestName } from "../text/closest-name.ts";
import { fields, parseDocument } from "../text/document.ts";
import { SealrunError } from "../error.ts";
import { jsonValue } from "../text/json-value.ts";
import {
  environment,
  listOf,
  maxConcurrent,
  mayBeBlank,
  priority,
  retry,
  schedule,
  timeout,
} from "./manifest-fields.ts";
import { limitFields } from "./step-limits.ts";
import { findUselessOptional } from "./optional-names.ts";
import { pairSettings } from "./pair-settings.ts";
import { hiddenCharacter, packageName, secretName, withoutHidden } from "../names.ts";
import { showName, showNames } from "../text/show-text.ts";
import { networkSetting } from "../wire/network.ts";

const text = z
  .string()
  .max(4_096)
  .refine((given) => !given.includes("\0"), "expected text without a zero byte");
const label = z
  .string()
  .min(1)
  .max(256)
  .refine((given) => !hiddenCharacter.test(given), `expected text ${withoutHidden}`);
const path = z.string().min(1).max(512);

/** One entry of `steps`: a script and how it runs. */
const manifestStep = fields({
  script: path,
  name: label.optional(),
  /** The only secrets that this step may read. Without it, the step may read every secret of the package. */
  secrets: z.array(secretName).optional(),
  /** Names that this step can do without, beside those of the package. */
  optional: z.array(secretName).optional(),
  timeout: timeout.optional(),
  retry: retry.optional(),
  env: environment.optional(),
  /** What the step may use; a field that is absent here is the package's. */
  limits: limitFields.optional(),
  /** What the script reads as `context.input`; it may hold references to secrets. */
  input: jsonValue.optional(),
});

/** A manifest.json: the fields of Ferris and of sealrun. The schema accepts its own output, so that it can be stored. */
export const manifestSchema = fields({
  name: mayBeBlank(packageName),
  description: mayBeBlank(text),
  version: mayBeBlank(z.union([text, z.number().transform(String)])),
  author: mayBeBlank(text),
  /** Ferris writes `k8x_job` here; nothing depends on it. */
  type: mayBeBlank(text),
  /** The only script to run; takes precedence over `execution_order`. */
  entrypoint: mayBeBlank(path),
  execution_order: listOf(path, 1_000).optional(),
  steps: z.array(manifestStep).max(1_000).optional(),
  tags: listOf(label, 100).optional(),
  trigger_events: listOf(label, 100).optional(),
  schedule: mayBeBlank(schedule),
  priority: mayBeBlank(priority),
  allow_manual_triggering: z.boolean().optional(),
  active: z.boolean().optional(),
  /** The only secrets that the package may read. Without it, the package may read any secret. */
  secrets: z.array(secretName).optional(),
  /** Names that scripts ask for and can do without: they are never reported as missing. */
  optional: z.array(secretName).optional(),
  /** Names of secrets whose values are masked from the start of a run, even if no script reads them. */
  mask: z.array(secretName).optional(),
  pool: mayBeBlank(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "expected the name of an executor pool")),
  on_lost: z.enum(["fail", "rerun"]).optional(),
  /** How much of the network the scripts reach. */
  network: networkSetting.optional(),
  /** The maximum number of executions of the package that run at once. Without it, unlimited. */
  max_concurrent: maxConcurrent.optional(),
  /** What each of its steps may use. */
  limits: limitFields.optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestStep = z.infer<typeof manifestStep>;

/**
 * Reads a manifest.json and checks the scripts that it names against those of the package. Throws `MANIFEST_INVALID`
 * with the field's path and what was expected there.
 */
export function parseManifest(bytes: Uint8Array, scripts: readonly string[]): Manifest {
  const manifest = parseDocument(manifestSchema, bytes, { file: "manifest.json", code: "MANIFEST_INVALID" });
  for (const [field, script] of namedScripts(manifest)) {
    if (!scripts.includes(script)) throw invalid(field, missingScript(script, scripts));
  }
  const chosen = chosenScripts(manifest);
  for (const [index, { script }] of (manifest.steps ?? []).entries()) {
    if (chosen !== undefined && !chosen.scripts.includes(script)) {
      throw invalid(
        `steps[${index}].script`,
        `expected a script that ${chosen.field} names; ${showName(script)} would never run`,
      );
    }
  }
  const steps = manifest.steps ?? [];
  const running = pairSettings(
    chosen?.scripts ?? (steps.length > 0 ? steps.map(({ script }) => script) : scripts),
    steps,
  );
  const useless = findUselessOptional(
    manifest,
    running.map(({ own }) => own),
    steps,
  );
  if (useless !== undefined) throw invalid(useless.field, useless.sentence);
  return manifest;
}

/** The scripts of `entrypoint`, else of `execution_order`; undefined with neither. */
export function chosenScripts(
  manifest: Manifest,
): { readonly field: string; readonly scripts: readonly string[] } | undefined {
  if (manifest.entrypoint !== undefined) return { field: "entrypoint", scripts: [manifest.entrypoint] };
  const order = manifest.execution_order ?? [];
  return order.length > 0 ? { field: "execution_order", scripts: order } : undefined;
}

function namedScripts(manifest: Manifest): readonly (readonly [field: string, script: string])[] {
  const entrypoint = manifest.entrypoint === undefined ? [] : [["entrypoint", manifest.entrypoint] as const];
  const order = (manifest.execution_order ?? []).map((script, index) => [`execution_order[${index}]`, script] as const);
  const steps = (manifest.steps ?? []).map((step, index) => [`steps[${index}].script`, step.script] as const);
  return [...entrypoint, ...order, ...steps];
}

function missingScript(script: string, scripts: readonly string[]): string {
  const meant = closestName(script, scripts);
  const advice = meant === undefined ? `the scripts are ${showNames(scripts)}` : `did you mean ${showName(meant)}?`;
  return `this package has no script ${showName(script)}; ${advice}`;
}

function invalid(field: string, sentence: string): SealrunError {
  return new SealrunError("MANIFEST_INVALID", `manifest.json: ${field}: ${sentence}`);
}
