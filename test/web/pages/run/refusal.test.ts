import { formatId, type JsonObject, type PackageInfo, versionId } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { findRefusal } from "../../../../packages/web/src/pages/run/refusal.ts";

const of = (manifest: JsonObject): Pick<PackageInfo, "version"> => ({
  version: {
    id: versionId.parse(formatId("version", new Uint8Array(20))),
    number: 1,
    digest: "0",
    createdAt: "",
    files: [],
    steps: [],
    manifest,
    parameters: null,
  },
});

test("findRefusal() says which field of the manifest stands in the way", () => {
  expect(findRefusal(of({ active: false }), false)).toContain('"active": false');
  expect(findRefusal(of({ allow_manual_triggering: false }), false)).toContain('"allow_manual_triggering": false');
  expect(findRefusal(of({}), false)).toBeUndefined();
});

test("findRefusal() asks for a first version", () => {
  expect(findRefusal({ version: null }, false)).toContain("no version yet");
});

test("findRefusal() starts nothing of what is archived, nor of an archived project", () => {
  expect(findRefusal({ ...of({}), archivedAt: "2026-11-21T10:00:00.000Z" }, false)).toMatch(/^It is archived/);
  expect(findRefusal(of({}), true)).toMatch(/^Its project is archived/);
});
