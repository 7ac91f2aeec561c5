import { z } from "zod";

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** Any JSON value, as a schema. */
export const jsonValue: z.ZodType<JsonValue> = z.json();
/** A JSON object, as a schema. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());
