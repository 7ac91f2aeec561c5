import { networkForm } from "@sealrun/protocol";
import { z } from "zod";

const maxSentence = 2_000;

/** Which networks scripts can have on a machine. */
export const foundNetworks = z.object({
  enforced: z.array(networkForm),
  /** Why each other form cannot be enforced there, as a sentence. */
  missing: z.partialRecord(networkForm, z.string().max(maxSentence)),
});
export type FoundNetworks = z.infer<typeof foundNetworks>;
