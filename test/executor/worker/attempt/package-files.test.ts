import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPackageFiles } from "../../../../executor/src/worker/attempt/package-files.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-files-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const contents = { "main.sh": "echo hi\n", "data/big.txt": "y".repeat(2500), "empty.txt": "" };

describe("openPackageFiles()", () => {
  it("fetches each file once, in parts, and keeps it by digest", async () => {
    const peer = makeAttempt({ files: contents });
    const files = await openPackageFiles(join(folder, "files"));
    const listed = await files.list(peer.attempt);
    expect(listed.map(({ path }) => path)).toEqual(Object.keys(contents));
    for (const { path, cachedPath } of listed) {
      expect(await readFile(cachedPath, "utf8")).toBe(new Map(Object.entries(contents)).get(path));
    }
    const before = peer.asked.length;
    await files.list(peer.attempt);
    expect(peer.asked.length).toBe(before);
  });

  it("passes on which files are executable", async () => {
    const peer = makeAttempt({ files: contents });
    const listed = peer.event.files?.map((file) => ({
      ...file,
      ...(file.path === "main.sh" ? { executable: true } : {}),
    }));
    const attempt = { ...peer.attempt, event: { ...peer.event, files: listed } };
    const files = await (await openPackageFiles(join(folder, "files"))).list(attempt);
    expect(files.map(({ executable }) => executable)).toEqual([true, false, false]);
  });

  it("fetches a file again whose cached bytes were changed", async () => {
    const peer = makeAttempt({ files: contents });
    const files = await openPackageFiles(join(folder, "files"));
    const [first] = await files.list(peer.attempt);
    if (first === undefined) throw new TypeError("Expected a file");
    await chmod(first.cachedPath, 0o600);
    await writeFile(first.cachedPath, "rm -rf /\n");
    await files.list(peer.attempt);
    expect(await readFile(first.cachedPath, "utf8")).toBe("echo hi\n");
  });

  it("refuses a fetched list of another version", async () => {
    const peer = makeAttempt({ files: contents, byReference: true });
    const files = await openPackageFiles(join(folder, "files"));
    const version = { ...peer.event.version, digest: "0".repeat(64) };
    const attempt = { ...peer.attempt, event: { ...peer.event, version } };
    await expect(files.list(attempt)).rejects.toMatchObject({ code: "TAMPERED" });
    expect(await files.list(peer.attempt)).toHaveLength(3);
  });
});
