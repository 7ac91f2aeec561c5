import { describe, expect, test } from "vitest";
import { countsProcessesPerSandbox, describeMeans } from "../../../../executor/src/child/limits/limit-means.ts";

const means = { hasSandbox: true, userId: 1_000, kernel: "6.1.0-18-amd64", cgroup: undefined };

describe("describeMeans()", () => {
  test("describeMeans() finds nothing missing for a normal user on a new kernel", () => {
    expect(describeMeans(means)).toEqual({
      isWeak: false,
      sentence:
        "A watcher looks at each step four times a second, and the kernel limits what one process, and one sandbox, may have",
    });
  });

  test("describeMeans() finds nothing missing for root with a cgroup that has its controllers", () => {
    const cgroup = { hasControllers: true };
    expect(describeMeans({ ...means, userId: 0, cgroup })).toMatchObject({
      isWeak: false,
      sentence: expect.stringContaining("the memory and the processes of each step in a cgroup"),
    });
    expect(describeMeans({ ...means, userId: 0, cgroup: { hasControllers: false } }).isWeak).toBe(true);
  });

  test.each([
    [{ hasSandbox: false }, "does not see processes that leave their session"],
    [{ userId: 0 }, "start the executor as another user, or name a delegated cgroup"],
    [{ kernel: "5.10.0" }, "Linux 5.10.0 cannot limit the processes of one sandbox"],
  ])("describeMeans() says what is missing with %o", (change, part) => {
    const { isWeak, sentence } = describeMeans({ ...means, ...change });
    expect(isWeak).toBe(true);
    expect(sentence).toContain(part);
  });
});

test("countsProcessesPerSandbox() knows the first such kernel", () => {
  const counting = ["5.13.19", "5.14.0", "5.15.0-1", "6.0.1", "10.1"].filter(countsProcessesPerSandbox);
  expect(counting).toEqual(["5.14.0", "5.15.0-1", "6.0.1", "10.1"]);
});
