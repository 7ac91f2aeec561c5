import { expect, test } from "vitest";
import {
  countFilters,
  filterWords,
  checkIdStart,
  toFilter,
  toStatisticsFilter,
} from "../../../../packages/web/src/pages/executions/filter.ts";

const now = Date.parse("2026-11-21T10:00:00.000Z");

test("toFilter() looks back seven days unless the address says otherwise", () => {
  expect(toFilter({}, now)).toMatchObject({ since: "2026-11-14T10:00:00.000Z", status: undefined });
  expect(toFilter({ span: "1h" }, now)).toMatchObject({ since: "2026-11-21T09:00:00.000Z" });
});

test("toFilter() prefers an own time to a preset, and looks for an id through all time", () => {
  expect(toFilter({ span: "1h", until: "2026-01-01T00:00:00.000Z" }, now)).toMatchObject({
    since: undefined,
    until: "2026-01-01T00:00:00.000Z",
  });
  expect(toFilter({ id: "exe_1" }, now).since).toBeUndefined();
});

test("toFilter() joins statuses with commas and passes the rest on", () => {
  expect(
    toFilter({ status: ["failed", "lost"], project: "acme", package: "a", trigger: "event", executor: "exr_1" }, now),
  ).toMatchObject({ status: "failed,lost", project: "acme", package: "a", trigger: "event", executor: "exr_1" });
  expect(toFilter({ status: [] }, now).status).toBeUndefined();
});

test("toStatisticsFilter() counts every status, and 90 days before the end where no start is given", () => {
  expect(toStatisticsFilter({ status: ["failed"] }, now)).toMatchObject({
    status: undefined,
    since: "2026-11-14T10:00:00.000Z",
  });
  expect(toStatisticsFilter({ until: "2026-04-01T00:00:00.000Z" }, now).since).toBe("2026-01-01T00:00:00.000Z");
  expect(toStatisticsFilter({ id: "exe_1" }, now).since).toBe("2026-08-23T10:00:00.000Z");
});

test("countFilters() counts every filter but the time", () => {
  expect(countFilters({ span: "1h", since: "2026-01-01T00:00:00Z", status: [], id: "" })).toBe(0);
  for (const search of [
    { project: "a" },
    { id: "exe_" },
    { status: ["lost", "failed"] satisfies ["lost", "failed"] },
    { executor: "exr_1" },
  ]) {
    expect(countFilters(search)).toBe(1);
  }
  expect(countFilters({ project: "a", package: "b", trigger: "event" })).toBe(3);
});

test("filterWords() says the time and how many filters are set", () => {
  expect(filterWords({})).toBe("7 days");
  expect(filterWords({ span: "1h", project: "a" })).toBe("1 h, 1 filter");
  expect(filterWords({ id: "exe_1", status: ["lost"] })).toBe("any time, 2 filters");
  expect(filterWords({ until: "2026-11-21T10:00:00.000Z" })).toMatch(/^before 21 Nov/);
});

test("checkIdStart() takes the start of an id", () => {
  for (const good of ["", "exe_", "exe_0a", `exe_${"z".repeat(20)}`]) expect(checkIdStart(good)).toBeUndefined();
  for (const wrong of ["ex", "pkg_1", "exe_A", `exe_${"z".repeat(21)}`]) expect(checkIdStart(wrong)).toMatch(/exe_/);
});
