import { judgeMasking, type JsonValue, type Scope, SealrunError, showNames } from "@sealrun/protocol";
import type { StepContext } from "./step-context.ts";

/** What reading a secret needs: the step that may read it, and where its value is masked and its read recorded. */
export type ReadContext = Pick<StepContext, "step" | "secrets" | "masker" | "recordRead">;

/**
 * The value of the first of these names that has one, only in `scope` when it is given; undefined when none has. The
 * value is masked and on the receipt before it is returned. `SECRET_NOT_DECLARED` when the step may read none of the
 * names.
 */
export async function readSecret(
  { step, secrets, masker, recordRead }: ReadContext,
  names: readonly string[],
  scope?: Scope,
): Promise<{ readonly name: string; readonly value: JsonValue } | undefined> {
  const [asked = ""] = names;
  const read = { step: step.index, scope: null, version: null, masking: null };
  const { secrets: declared } = step.plan;
  const allowed = declared === undefined ? names : names.filter((name) => declared.includes(name));
  if (allowed.length === 0) {
    await recordRead({ ...read, name: asked, outcome: "refused" });
    throw new SealrunError(
      "SECRET_NOT_DECLARED",
      `manifest.json lists the secrets that ${step.plan.script} may read, and ${showNames(names)} is not among them; add it there`,
    );
  }
  for (const name of allowed) {
    const found = await secrets.find(name, scope);
    if (found === undefined) continue;
    masker.add(found.value);
    const { masking } = judgeMasking(found.value);
    await recordRead({ ...read, name, scope: found.scope, version: found.version, masking, outcome: "read" });
    return { name, value: found.value };
  }
  await recordRead({ ...read, name: allowed[0] ?? asked, outcome: "missing" });
  return undefined;
}
