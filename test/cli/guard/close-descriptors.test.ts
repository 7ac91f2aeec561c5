import { describe, expect, it } from "vitest";
import { z } from "zod";
import { announcedDescriptors } from "../../../packages/cli/src/guard/close-descriptors.ts";
import { runGuarded } from "./run-guarded.ts";

const listed = z.object({ closed: z.array(z.number()), child: z.array(z.number()) });

/** What a child of a Node process lists that was started with these descriptors open. */
function listInChild(call: string): z.infer<typeof listed> {
  const program = `import { closeInheritedDescriptors } from "./close-descriptors.ts";
    import { spawnSync } from "node:child_process";
    const closed = ${call};
    const list = spawnSync("/bin/sh", ["-c", 'for f in /proc/self/fd/*; do [ -e "$f" ] && echo "\${f##*/}"; done']);
    const child = String(list.stdout).trim().split("\\n").map(Number).filter((number) => number > 2);
    console.log(JSON.stringify({ closed, child }));`;
  return listed.parse(
    runGuarded(
      'for n in /proc/self/fd/*; do n=${n##*/}; [ $n -gt 2 ] && eval "exec $n>&-"; done; exec 20</ 100</ 1000</etc',
      program,
    ),
  );
}

describe("closeInheritedDescriptors()", () => {
  it("closes what another program left open, so that no child has it", () => {
    expect(listInChild("closeInheritedDescriptors()")).toEqual({ closed: [20, 100, 1000], child: [] });
  });

  it("keeps the descriptors that it is told to keep", () => {
    expect(listInChild("closeInheritedDescriptors([100])")).toEqual({ closed: [20, 1000], child: [100] });
  });
});

describe("announcedDescriptors()", () => {
  it.each([
    [["push", "--config", "/dev/fd/63"], [63]],
    [
      ["--file=/proc/self/fd/9", "/dev/fd/8"],
      [9, 8],
    ],
    [["/dev/fd/", "/dev/fd/9/x", "x/dev/fd/9", "63"], []],
  ])("finds in %j the descriptors %j", (args, found) => {
    expect(announcedDescriptors(args)).toEqual(found);
  });
});
