import { z } from "zod";

const timeForm = "expected a time with its zone, such as 2027-01-31T06:00:00Z";
const [firstMs, lastMs] = [Date.UTC(1970, 0, 1), Date.UTC(3000, 0, 1)];

/** A time with its zone, from 1970 to 2999, in UTC once read: PostgreSQL accepts fewer times and zones than ISO 8601. */
export const zonedTime = z.iso
  .datetime({ offset: true, error: timeForm })
  .max(40, timeForm)
  .refine((text) => {
    const ms = Date.parse(text);
    return Number.isNaN(ms) || (ms >= firstMs && ms < lastMs);
  }, "expected a time from 1970 to 2999")
  .overwrite((text) => {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? text : new Date(ms).toISOString();
  });
