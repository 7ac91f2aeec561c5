import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPackageFiles } from "../../../../executor/src/supervisor/preparer/package-files.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const contents = { "main.sh": "echo hi\n", "data/big.txt": "y".repeat(2500), "empty.txt": "" };

describe("openPackageFiles()", () => {
  it("fetches each file once, in parts, and keeps it by digest", async () => {
    await using root = await temporaryFolder();
    const peer = makeAttempt({ files: contents });
    const files = await openPackageFiles(root.path);
    const listed = await files.fetch(peer.attempt);
    expect(listed.map(({ path }) => path)).toEqual(Object.keys(contents));
    for (const { path, sha256 } of listed) {
      expect(await readFile(join(root.path, sha256), "utf8")).toBe(new Map(Object.entries(contents)).get(path));
    }
    const before = peer.asked.length;
    await files.fetch(peer.attempt);
    await (await openPackageFiles(root.path)).fetch(peer.attempt);
    expect(peer.asked.length).toBe(before);
  });

  it("fetches a file again whose cached bytes were changed, by this process's time or before it", async () => {
    await using root = await temporaryFolder();
    const peer = makeAttempt({ files: contents });
    const files = await openPackageFiles(root.path);
    const [first] = await files.fetch(peer.attempt);
    const path = join(root.path, first?.sha256 ?? "");
    for (const later of [files, await openPackageFiles(root.path)]) {
      await writeFile(path, "rm -rf\n\n");
      await later.fetch(peer.attempt);
      expect(await readFile(path, "utf8")).toBe("echo hi\n");
    }
  });

  it("refuses a fetched list of another version, and fetches a list once", async () => {
    await using root = await temporaryFolder();
    const peer = makeAttempt({ files: contents, byReference: true });
    const files = await openPackageFiles(root.path);
    const version = { ...peer.event.version, digest: "0".repeat(64) };
    const attempt = { ...peer.attempt, event: { ...peer.event, version } };
    await expect(files.fetch(attempt)).rejects.toMatchObject({ code: "TAMPERED" });
    expect(await files.fetch(peer.attempt)).toHaveLength(3);
    const before = peer.asked.length;
    expect(await files.fetch(peer.attempt)).toHaveLength(3);
    expect(peer.asked.length).toBe(before);
  });

  it("refuses bytes of another file, and keeps nothing of them", async () => {
    await using root = await temporaryFolder();
    const peer = makeAttempt({ files: contents });
    const files = await openPackageFiles(root.path);
    peer.override.fetch = async () => ({ ok: true, size: 3, bytes: Buffer.from("bad").toString("base64") });
    await expect(files.fetch(peer.attempt)).rejects.toMatchObject({ code: "TAMPERED" });
    delete peer.override.fetch;
    expect(await files.fetch(peer.attempt)).toHaveLength(3);
  });
});
