import { SealrunError } from "../error.ts";
import { chosenScripts, type Manifest, type ManifestStep } from "./manifest.ts";
import { pairSettings } from "./pair-settings.ts";
import { type SecretName } from "../names.ts";
import { readLimits } from "./step-limits.ts";
import { isScript } from "./scripts/script-kind.ts";
import type { EventLimits, EventRetry } from "../wire/event.ts";
import type { JsonValue } from "../text/json-value.ts";

/** One script to run, with its settings. */
export interface Step {
  readonly script: string;
  /** Unique among the steps of a version. */
  readonly name: string;
  /** The only secrets that it may read: its own list, else the package's list. Without a list it may read any secret. */
  readonly secrets?: readonly SecretName[];
  /** Names that it can do without: its own and the package's. */
  readonly optional?: readonly SecretName[];
  readonly timeoutMs?: number;
  readonly retry?: EventRetry;
  /** Its own limits, and the package's for what it does not limit itself. */
  readonly limits?: EventLimits;
  readonly input?: JsonValue;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The steps to run, in order: `entrypoint`, else `execution_order`, else `steps`, else every script at the top of the
 * package in upload order. Throws `PACKAGE_INVALID` when there is no script to run.
 */
export function planSteps(manifest: Manifest | undefined, files: readonly string[]): readonly Step[] {
  const settings = manifest?.steps ?? [];
  const chosen = manifest === undefined ? undefined : chosenScripts(manifest)?.scripts;
  const listed = settings.length > 0 ? settings.map(({ script }) => script) : undefined;
  const scripts = chosen ?? listed ?? files.filter((file) => isScript(file) && !file.includes("/"));
  if (scripts.length === 0) {
    throw new SealrunError(
      "PACKAGE_INVALID",
      "Expected a script at the top of the package, or a manifest.json that names one in a folder",
    );
  }
  const taken = new Set<string>();
  return pairSettings(scripts, settings).map(({ script, own }) => {
    const limits = { ...manifest?.limits, ...own?.limits };
    const optional = [...new Set([...(manifest?.optional ?? []), ...(own?.optional ?? [])])];
    return formStep({ script, ...own, secrets: own?.secrets ?? manifest?.secrets, optional, limits }, taken);
  });
}

function formStep(given: ManifestStep, taken: Set<string>): Step {
  const { script, name, secrets, optional = [], timeout, retry, env, input, limits = {} } = given;
  return {
    script,
    name: claimName(name ?? script, taken),
    env: env ?? {},
    ...(secrets === undefined ? {} : { secrets }),
    ...(optional.length === 0 ? {} : { optional }),
    ...(timeout === undefined ? {} : { timeoutMs: Math.max(1, Math.round(timeout * 1_000)) }),
    ...(input === undefined ? {} : { input }),
    ...(Object.keys(limits).length === 0 ? {} : { limits: readLimits(limits) }),
    ...(retry === undefined
      ? {}
      : {
          retry: {
            attempts: retry.attempts,
            delayMs: Math.round(retry.delay * 1_000),
            factor: retry.backoff,
            maxDelayMs: Math.round(retry.max_delay * 1_000),
          },
        }),
  };
}

/** A second step of one name becomes `name-2`, and so on. */
function claimName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}
