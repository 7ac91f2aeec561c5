import { expect, test } from "vitest";
import { cronInWords } from "../../../../packages/web/src/parts/time/cron-words.ts";

const words = new Map([
  ["* * * * *", "every minute"],
  ["*/5 * * * *", "every 5 minutes"],
  ["0 * * * *", "every hour"],
  ["15 * * * *", "every hour at minute 15"],
  ["0 */6 * * *", "every 6 hours"],
  ["30 2 * * *", "every day at 02:30"],
  ["0 8,12,18 * * *", "every day at 08:00, 12:00 and 18:00"],
  ["0 7 * * 1-5", "Monday to Friday at 07:00"],
  ["0 7 * * MON,thu", "every Monday and Thursday at 07:00"],
  ["0 7 * * 0", "every Sunday at 07:00"],
  ["0 7 * * 7", "every Sunday at 07:00"],
  ["0 7 * * 6,0", "on Saturday and Sunday at 07:00"],
  ["*/10 * * * 1-5", "every 10 minutes, Monday to Friday"],
  ["0 0 1 * *", "on day 1 of every month at 00:00"],
  ["0 0 L * *", "on the last day of every month at 00:00"],
  ["0 0 24 12 *", "every year on 24 December at 00:00"],
  ["*/10 * * * * *", "every 10 seconds"],
  ["0 30 2 * * *", "every day at 02:30"],
  ["15 30 2 * * *", "every day at 02:30:15"],
]);

test.each([...words])("cronInWords() says %s in words", (cron, expected) => {
  expect(cronInWords(cron)).toBe(expected);
});

test.each([
  "*/7 * * * *",
  "0 0 13 * 5",
  "0-30 * * * *",
  "0 0 * 1,2 *",
  "0 0 * * 1#2",
  "@daily",
  "* *",
  "*/7 * * * * *",
  "30 * * * * *",
])("cronInWords() leaves %s as it is", (cron) => {
  expect(cronInWords(cron)).toBeUndefined();
});
