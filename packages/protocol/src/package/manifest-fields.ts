import { z } from "zod";
import { fields } from "../text/document.ts";

const maxSeconds = 7 * 24 * 3_600;
const durationRule = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h)$/;
const secondsPerUnit: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600 };
const durationForm = 'expected a duration such as "30s", "5m", "2h" or a number of seconds, at most 7 days';
const cronRule = /^(?:[0-9A-Za-z*/,\-?#]+ +){4,5}[0-9A-Za-z*/,\-?#]+$/;

/** A field that forms may leave empty: `""` and `null` count as absent. */
export function mayBeBlank<T extends z.ZodType>(schema: T) {
  return z.preprocess((given) => (given === "" || given === null ? undefined : given), schema.optional()).optional();
}

/** A list of texts that forms may leave empty: entries that are `""` or `null` count as none. */
export function listOf<T extends z.ZodType>(entry: T, maxEntries: number) {
  return z.preprocess(
    (given) => (Array.isArray(given) ? given.filter((one) => one !== "" && one !== null) : given),
    z.array(entry).max(maxEntries),
  );
}

/** Seconds, from a number or from text with a unit. */
export const duration = z.unknown().transform((given, context): number => {
  const seconds = readSeconds(given);
  if (seconds >= 0 && seconds <= maxSeconds) return seconds;
  context.addIssue({ code: "custom", message: durationForm });
  return z.NEVER;
});

/** How long a step may run, in seconds once read. */
export const timeout = duration.refine((seconds) => seconds > 0, "expected a duration over 0");

/** How often a failing step is tried. A number alone means `attempts`. */
export const retry = z.preprocess(
  (given) => (typeof given === "number" ? { attempts: given } : given),
  fields({
    /** Number of tries, the first one included. */
    attempts: z.int("expected a whole number from 1 to 20").min(1, "expected 1 to 20").max(20, "expected 1 to 20"),
    /** Seconds between the first two tries. */
    delay: duration.default(0),
    /** Factor by which each further wait is longer. */
    backoff: z
      .number("expected a number from 1 to 10")
      .min(1, "expected 1 to 10")
      .max(10, "expected 1 to 10")
      .default(1),
    /** Maximum wait in seconds. */
    max_delay: duration.default(3_600),
  }),
);

/** When to run by itself. A text alone means `cron`. Only its form is checked here. */
export const schedule = z.preprocess(
  (given) => (typeof given === "string" ? { cron: given } : given),
  fields({
    cron: z.string().trim().regex(cronRule, 'expected cron text of 5 or 6 fields, such as "0 7 * * 1-5"'),
    timezone: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/, 'expected a time zone name, such as "Europe/Zurich"')
      .optional(),
    /** Due times that no platform handled: `skip` drops them, `run_once` starts one run for all of them. */
    missed: z.enum(["skip", "run_once"], 'expected "skip" or "run_once"').default("skip"),
  }),
);

const priorityForm = "expected a priority from 1 to 10";

/** 1 runs last, 10 first; Ferris writes it as text. */
export const priority = z.preprocess(
  (given) => (typeof given === "string" && /^[0-9]{1,2}$/.test(given) ? Number(given) : given),
  z.int(priorityForm).min(1, priorityForm).max(10, priorityForm),
);

/** The maximum number of executions that run at once. */
export const maxConcurrent = z
  .int("expected a whole number from 1 to 10000")
  .min(1, "expected 1 to 10000")
  .max(10_000, "expected 1 to 10000");

/** Environment variables of a step. Not for secrets, because every process of the same user can read them. */
export const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "expected the name of an environment variable"),
  z.string().refine((value) => !value.includes("\0"), "expected text without a zero byte"),
);

function readSeconds(given: unknown): number {
  if (typeof given === "number") return given;
  const [, amount = "", unit = ""] = typeof given === "string" ? (durationRule.exec(given) ?? []) : [];
  return amount === "" ? Number.NaN : Number(amount) * (secondsPerUnit[unit] ?? Number.NaN);
}
