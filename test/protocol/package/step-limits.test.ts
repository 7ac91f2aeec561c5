import {
  defaultStepLimits,
  describeAbove,
  isLimitCode,
  limitFields,
  maxStepLimits,
  readLimits,
  withDefaults,
} from "@sealrun/protocol";
import { describe, expect, test } from "vitest";

const gibi = 1024 ** 3;

function issueOf(given: object): string | undefined {
  return limitFields.safeParse(given).error?.issues[0]?.message;
}

describe("limitFields", () => {
  test.each([
    ["512MiB", 512 * 1024 ** 2],
    ["2GB", 2_000_000_000],
    ["1.5 GiB", 1.5 * gibi],
    ["65536KiB", 65_536 * 1024],
    ["50000000B", 50_000_000],
    [33_554_432, 33_554_432],
  ])("limitFields reads the size %j", (memory, bytes) => {
    expect(limitFields.parse({ memory })).toEqual({ memory: bytes });
  });

  test("limitFields accepts what it returns, as a stored manifest does", () => {
    const read = limitFields.parse({ memory: "1GiB", cpu_time: "10m", processes: 20, tmp: "64MiB", output: "1MiB" });
    expect(limitFields.parse(read)).toEqual(read);
  });

  test.each(["1TB", "-1GiB", "1 GIB", "", "1e9", 0, -1, Number.NaN, 15 * 1024 ** 2, null, true, [], "2000GiB"])(
    "limitFields refuses the memory %j and says what was expected",
    (memory) => {
      expect(issueOf({ memory })).toBe(
        'expected a size such as "512MiB" or "2GB", or a number of bytes, from 16.0 MiB to 1.0 TiB',
      );
    },
  );

  test("limitFields refuses counts, times and fields that no one could mean", () => {
    for (const processes of [0, 1.5, "5", 10_000_001])
      expect(issueOf({ processes })).toBe("expected a whole number from 1 to 10000000");
    expect(issueOf({ open_files: 31 })).toBe("expected a whole number from 32 to 10000000");
    expect(issueOf({ files: 9 })).toBe("expected a whole number from 10 to 10000000");
    expect(issueOf({ cpu_time: "500ms" })).toBe("expected a duration of 1s or more");
    expect(issueOf({ cpu_time: "8d" })).toMatch(/^expected a duration such as/);
    expect(issueOf({ memroy: "1GiB" })).toBe('unknown field "memroy"; did you mean "memory"?');
  });
});

test("readLimits() names each limit as events do", () => {
  const all = {
    memory: gibi,
    processes: 2,
    cpu_time: 1.5,
    disk: 3 * gibi,
    files: 40,
    open_files: 50,
    tmp: 6 * gibi,
    output: 7_000,
  };
  expect(readLimits(all)).toEqual({
    memoryBytes: gibi,
    processes: 2,
    cpuMs: 1_500,
    diskBytes: 3 * gibi,
    files: 40,
    openFiles: 50,
    tmpBytes: 6 * gibi,
    outputBytes: 7_000,
  });
  expect(readLimits({})).toEqual({});
});

test("withDefaults() takes what is asked, else the default", () => {
  expect(withDefaults({}, defaultStepLimits)).toEqual(defaultStepLimits);
  expect(withDefaults({ files: 10 }, defaultStepLimits)).toEqual({ ...defaultStepLimits, files: 10 });
  const all = { ...maxStepLimits };
  expect(withDefaults(all, defaultStepLimits)).toEqual(maxStepLimits);
});

test("describeAbove() names the first limit over its maximum, in the words of the manifest", () => {
  expect(describeAbove({}, maxStepLimits)).toBeUndefined();
  expect(describeAbove(maxStepLimits, maxStepLimits)).toBeUndefined();
  expect(describeAbove(defaultStepLimits, maxStepLimits)).toBeUndefined();
  expect(describeAbove({ memoryBytes: 16 * gibi }, maxStepLimits)).toEqual({
    field: "memory",
    phrase: "16.0 GiB is over 8.0 GiB",
  });
  expect(describeAbove({ cpuMs: 700_000_000 }, maxStepLimits)).toEqual({
    field: "cpu_time",
    phrase: "700000 s is over 604800 s",
  });
  for (const [name, field] of [
    ["processes", "processes"],
    ["diskBytes", "disk"],
    ["files", "files"],
    ["openFiles", "open_files"],
    ["tmpBytes", "tmp"],
    ["outputBytes", "output"],
  ] as const) {
    expect(describeAbove({ [name]: maxStepLimits[name] + 1 }, maxStepLimits)?.field).toBe(field);
  }
});

test("isLimitCode() knows the codes of limits", () => {
  expect(["OUT_OF_MEMORY", "TOO_MANY_PROCESSES", "CPU_LIMIT", "DISK_LIMIT", "OUTPUT_LIMIT"].every(isLimitCode)).toBe(
    true,
  );
  expect(["SCRIPT_FAILED", "SCRIPT_TIMED_OUT", "DISK_FULL", "", "LIMIT_NOT_ALLOWED"].some(isLimitCode)).toBe(false);
});
