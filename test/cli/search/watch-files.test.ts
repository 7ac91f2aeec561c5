import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { watchFiles } from "../../../packages/cli/src/search/watch-files.ts";
import { until } from "../../support/until.ts";

const marker = { label: "marker", value: "marker-0123456789abcdef" };

test("watchFiles() finds a value in a file that is gone when the watch ends", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-test-watch-"));
  let rounds = 0;
  const counted = {
    ...marker,
    get value() {
      rounds += 1;
      return marker.value;
    },
  };
  const watch = watchFiles([folder], [counted]);
  await writeFile(join(folder, "queue"), `before ${marker.value} after`);
  // Each round begins with the value: the next one sees the file, and has ended when another begins.
  const before = rounds;
  await until(() => (rounds >= before + 2 ? true : undefined));
  await rm(join(folder, "queue"));
  const { files, findings } = await watch.stop();
  expect(files).toEqual([join(folder, "queue")]);
  expect(findings.map(({ value, encoding }) => `${value} ${encoding}`)).toContain("marker raw");
  await rm(folder, { recursive: true });
});

test("watchFiles() looks once more when it is stopped, and says what it searched", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-test-watch-"));
  const watch = watchFiles([folder], [marker]);
  await writeFile(join(folder, "clean"), "nothing of it");
  expect(await watch.stop()).toEqual({ files: [join(folder, "clean")], findings: [], unreadable: [] });
  await rm(folder, { recursive: true });
});
