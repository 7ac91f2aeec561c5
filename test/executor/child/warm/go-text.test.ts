import { expect, test } from "vitest";
import { goForRuntime, goForShell } from "../../../../executor/src/child/warm/go-text.ts";

test("goForRuntime() is one line, whatever the variables hold", () => {
  const given = { command: ["/bin/node", "/work/a.mjs"] as const, script: "/work/a.mjs", variables: { A: "1\n2" } };
  const text = goForRuntime(given);
  expect(text.split("\n")).toHaveLength(2);
  expect(JSON.parse(text.slice(3))).toEqual({ script: "/work/a.mjs", variables: { A: "1\n2" } });
});

test("goForShell() gives each line of a value a letter, so that none can be read as another", () => {
  const command = ["/bin/sh", "-e", "/work/a b.sh"] as const;
  const text = goForShell({ command, script: "/work/a b.sh", variables: { A: "1\n.\n", B: "" } });
  expect(text).toBe("go\nv1\nl.\nl\nnA\nv\nnB\nv/bin/sh\na\nv-e\na\nv/work/a b.sh\na\n.\n");
});
