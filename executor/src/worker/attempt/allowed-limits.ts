import {
  defaultStepLimits,
  describeAbove,
  type EventLimits,
  type EventStep,
  type LimitFields,
  maxStepLimits,
  readLimits,
  SealrunError,
  type StepLimits,
  withDefaults,
} from "@sealrun/protocol";

/** What steps may use on this executor. */
export interface AllowedLimits {
  /** Of a step whose package does not say. */
  readonly defaults: StepLimits;
  /** The most that a package may ask for. */
  readonly max: StepLimits;
}

/** The settings that say it. */
export interface LimitSettings {
  readonly defaultLimits: LimitFields;
  readonly maxLimits: LimitFields;
  readonly tmpBytes: number;
}

/** What the settings allow. A maximum also holds for a default that no setting names. `CONFIG_INVALID` if they contradict. */
export function allowedLimits({ defaultLimits, maxLimits, tmpBytes }: LimitSettings): AllowedLimits {
  const own = readLimits(maxLimits);
  const max = withDefaults(own, { ...maxStepLimits, tmpBytes: Math.max(maxStepLimits.tmpBytes, tmpBytes) });
  const asked = { ...readLimits(defaultLimits), tmpBytes };
  const above = describeAbove(asked, max);
  if (above !== undefined) {
    const setting = above.field === "tmp" ? "tmpBytes" : `defaultLimits.${above.field}`;
    throw new SealrunError(
      "CONFIG_INVALID",
      `${setting}: ${above.phrase}, the maximum; raise maxLimits.${above.field}, or lower it`,
    );
  }
  return { defaults: withDefaults(asked, lowered(defaultStepLimits, max)), max };
}

/** Refuses steps that ask for more: `LIMIT_NOT_ALLOWED` names the step and the field. */
export function refuseAbove(steps: readonly Pick<EventStep, "script" | "limits">[], max: StepLimits): void {
  for (const { script, limits = {} } of steps) {
    const above = describeAbove(limits, max);
    if (above === undefined) continue;
    throw new SealrunError(
      "LIMIT_NOT_ALLOWED",
      `${script}: limits.${above.field}: ${above.phrase}, the maximum of this executor; lower it in manifest.json, or raise maxLimits.${above.field} in the executor's settings`,
    );
  }
}

function lowered(limits: StepLimits, max: StepLimits): StepLimits {
  const smaller = (name: keyof EventLimits): number => Math.min(limits[name], max[name]);
  return {
    memoryBytes: smaller("memoryBytes"),
    processes: smaller("processes"),
    cpuMs: smaller("cpuMs"),
    diskBytes: smaller("diskBytes"),
    files: smaller("files"),
    openFiles: smaller("openFiles"),
    tmpBytes: smaller("tmpBytes"),
    outputBytes: smaller("outputBytes"),
  };
}
