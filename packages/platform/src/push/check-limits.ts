import { describeAbove, SealrunError, type Step, type StepLimits } from "@sealrun/protocol";

/**
 * Refuses steps that ask for more than this platform allows: `LIMIT_NOT_ALLOWED` names the step and the field. At the
 * push, because the person who can change the manifest is there; an executor refuses what is over its own maximum.
 */
export function checkLimits(steps: readonly Pick<Step, "script" | "limits">[], max: StepLimits): void {
  for (const { script, limits = {} } of steps) {
    const above = describeAbove(limits, max);
    if (above === undefined) continue;
    throw new SealrunError(
      "LIMIT_NOT_ALLOWED",
      `manifest.json: limits.${above.field} of ${script}: ${above.phrase}, the maximum of this platform; lower it, or raise maxLimits.${above.field} in the platform's settings`,
    );
  }
}
