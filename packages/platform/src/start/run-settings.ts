import { type JsonObject, SealrunError } from "@sealrun/protocol";
import { z } from "zod";

const runSettings = z.object({
  pool: z.string().optional(),
  priority: z.number().optional(),
  on_lost: z.enum(["fail", "rerun"]).optional(),
  active: z.boolean().optional(),
  allow_manual_triggering: z.boolean().optional(),
});

/** What a stored manifest says about runs. */
export function readRunSettings(manifest: JsonObject): z.infer<typeof runSettings> {
  return runSettings.parse(manifest);
}

/** The field of a manifest that forbids a manual start, or undefined. */
export function findRefusal(manifest: JsonObject): "active" | "allow_manual_triggering" | undefined {
  const { active, allow_manual_triggering: byHand } = readRunSettings(manifest);
  if (active === false) return "active";
  return byHand === false ? "allow_manual_triggering" : undefined;
}

/** Throws `BAD_REQUEST` for a package whose manifest forbids a manual start. */
export function checkMayStart(name: string, manifest: JsonObject): void {
  const field = findRefusal(manifest);
  if (field === undefined) return;
  throw new SealrunError(
    "BAD_REQUEST",
    `The manifest of ${name} says "${field}": false; change it there and push again`,
  );
}
