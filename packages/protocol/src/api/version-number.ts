import { z } from "zod";

const largest = 2_147_483_647;

/** The number of a package's version in a request. */
export const versionNumber = z.number().int().positive().max(largest);
