import { eventLimits, eventRetry, jsonValue, secretName } from "@sealrun/protocol";
import { z } from "zod";

/** A planned step as it is stored with a version; see `Step` of the protocol. */
export const storedStep = z.object({
  script: z.string(),
  name: z.string(),
  secrets: z.array(secretName).optional(),
  optional: z.array(secretName).optional(),
  timeoutMs: z.number().optional(),
  retry: eventRetry.optional(),
  limits: eventLimits.optional(),
  input: jsonValue.optional(),
  env: z.record(z.string(), z.string()),
});
