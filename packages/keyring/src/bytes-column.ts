import { z } from "zod";

/** A `bytea` column, as the driver returns it. */
export const bytesColumn = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected bytes");
