import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { layOutDataFolder } from "../../../packages/cli/src/dev/data-folder.ts";
import { findPlaces, kindOf, type NamedPlaces, placesOfDev } from "../../../packages/cli/src/prove/places.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-places-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const none: NamedPlaces = { postgres: [], nats: [], logs: [], executor: [], other: [] };

describe("findPlaces()", () => {
  test("findPlaces() has a place for each kind that is named, and for temporary files", async () => {
    const places = await findPlaces({ ...none, logs: [folder], other: [folder] });
    expect(places.map(({ kind, needsControl }) => [kind, needsControl])).toEqual([
      ["logs", true],
      ["other files", false],
      ["temporary files", true],
    ]);
  });

  test("findPlaces() refuses a path that does not exist, and names it", async () => {
    const path = join(folder, "gone");
    await expect(findPlaces({ ...none, nats: [path] })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: `"${path}": expected a folder or file to search; it does not exist`,
    });
  });
});

describe("kindOf()", () => {
  const dev = placesOfDev(layOutDataFolder("/data"), ["/more"]);
  const places = [
    { kind: "logs", paths: dev.logs, needsControl: true },
    { kind: "PostgreSQL's files", paths: dev.postgres, needsControl: true },
    { kind: "other files", paths: dev.other, needsControl: false },
  ];

  test.each([
    ["/data/logs/platform.log", "logs"],
    ["/data/logs", "logs"],
    ["/data/postgres/base/1", "PostgreSQL's files"],
    ["/data/admin.token", "other files"],
    ["/more/a", "other files"],
    ["/data/logs-of-others/a", "other files"],
    ["/database/a", undefined],
  ])("kindOf() takes %s for %s", (file, kind) => {
    expect(kindOf(places, file)).toBe(kind);
  });
});
