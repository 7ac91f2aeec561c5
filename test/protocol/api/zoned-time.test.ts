import { zonedTime } from "@sealrun/protocol";
import { expect, test } from "vitest";

test.each([
  ["2027-01-31T06:00:00Z", "2027-01-31T06:00:00.000Z"],
  ["2027-01-31T06:00:00.123456+02:00", "2027-01-31T04:00:00.123Z"],
  ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
  ["2027-01-01T00:00:00+23:59", "2026-12-31T00:01:00.000Z"],
])("zonedTime reads %s as UTC", (given, read) => {
  expect(zonedTime.parse(given)).toBe(read);
});

test.each([
  ["2027-01-31", "with its zone"],
  ["2027-01-31T06:00:00", "with its zone"],
  ["2027-02-30T06:00:00Z", "with its zone"],
  [`2027-01-31T06:00:00.${"1".repeat(40)}Z`, "with its zone"],
  ["0001-01-01T00:00:00Z", "from 1970 to 2999"],
  ["9999-12-31T23:59:59Z", "from 1970 to 2999"],
  ["1970-01-01T00:00:00+01:00", "from 1970 to 2999"],
])("zonedTime refuses %s", (given, sentence) => {
  expect(zonedTime.safeParse(given).error?.issues[0]?.message).toContain(sentence);
});
