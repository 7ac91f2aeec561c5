import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, newId, spoolKey } from "@sealrun/crypto";
import { encodeJson, executionId } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { openSpool, type Spool, type SpooledEnd } from "../../../../executor/src/supervisor/report/spool.ts";
import { codeOf } from "../../../support/executions-world.ts";
import type { Chunk } from "../../../../executor/src/supervisor/report/send-chunk.ts";
import { mountSmallDisk } from "../../../support/small-disk.ts";
import { chunkOf } from "../../../support/report-chunks.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const identity = generateIdentity(newId("executor"));
const spoolIn = (folder: string, of = identity): Spool => openSpool({ folder, key: spoolKey(of), executorId: of.id });
const endOf = (text: string): SpooledEnd => ({
  finish: { executionId: executionId.parse(newId("execution")), attempt: 3, status: "succeeded", lastSequence: 2 },
  chunks: [chunkOf(2, [{ type: "log", step: 0, stream: "stdout", text, time: 1 }])],
});

describe("openSpool()", () => {
  it("gives back what was written, also to the next process, until it is removed", async () => {
    await using root = await temporaryFolder();
    const folder = join(root.path, "spool");
    const end = endOf("a masked line");
    await spoolIn(folder).write(end);
    const next = spoolIn(folder);
    const ref = { executionId: end.finish.executionId, attempt: 3 };
    expect(await next.list()).toEqual([expect.objectContaining({ ...ref, hasEnd: true, segments: [] })]);
    expect(await next.read(ref)).toEqual(end);
    await next.remove(ref);
    expect(await next.list()).toEqual([]);
  });

  it("writes nothing in the clear", async () => {
    await using root = await temporaryFolder();
    const folder = join(root.path, "spool");
    await spoolIn(folder).write(endOf("canary-of-a-line"));
    const [name = ""] = await readdir(folder);
    const file = join(folder, name);
    expect((await readFile(file)).includes("canary-of-a-line")).toBe(false);
    expect([(await stat(file)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it("refuses another executor's file, one that was changed, and one under another attempt's name", async () => {
    await using root = await temporaryFolder();
    const end = endOf("line");
    const ref = { executionId: end.finish.executionId, attempt: 3 };
    await spoolIn(root.path).write(end);
    const other = generateIdentity(newId("executor"));
    expect(await codeOf(spoolIn(root.path, other).read(ref))).toBe("WRONG_KEY_OR_CONTEXT");
    const file = join(root.path, `${ref.executionId}.3.end`);
    const bytes = await readFile(file);
    await writeFile(join(root.path, `${ref.executionId}.4.end`), bytes);
    expect(await codeOf(spoolIn(root.path).read({ ...ref, attempt: 4 }))).toBe("WRONG_KEY_OR_CONTEXT");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await codeOf(spoolIn(root.path).read(ref))).toBe("TAMPERED");
  });

  it("ignores a half-written file, and treats a missing folder as empty", async () => {
    await using root = await temporaryFolder();
    expect(await spoolIn(join(root.path, "nowhere")).list()).toEqual([]);
    await writeFile(join(root.path, `${newId("execution")}.1.end.new`), "half");
    expect(await spoolIn(root.path).list()).toEqual([]);
  });
});

const newAttemptRef = () => ({ executionId: executionId.parse(newId("execution")), attempt: 1 });
const chunk = (sequence: number, text = `line ${sequence}`): Chunk => ({
  sequence,
  items: encodeJson([{ type: "log", step: 0, stream: "stdout", text, time: 1 }]),
});
const large = "x".repeat(300_000);
const reportFiles = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith(".reports")).toSorted();

describe("openSpool().openReports()", () => {
  it("gives back chunks, sealed on the disk, also to the next process", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    const reports = await spoolIn(root.path).openReports(ref);
    for (const sequence of [1, 2, 3]) await reports.append(chunk(sequence, `canary-of-line-${sequence}`));
    await reports.close();
    expect(await reports.read(2)).toEqual(chunk(2, "canary-of-line-2"));
    const [name = ""] = await reportFiles(root.path);
    expect((await readFile(join(root.path, name))).includes("canary")).toBe(false);
    expect((await stat(join(root.path, name))).mode & 0o777).toBe(0o600);
    const next = spoolIn(root.path);
    expect(await next.list()).toEqual([expect.objectContaining({ ...ref, hasEnd: false, segments: [1] })]);
    const left = await next.openReports(ref, [1]);
    expect(left.sequences()).toEqual([1, 2, 3]);
    expect(await left.read(3)).toEqual(chunk(3, "canary-of-line-3"));
    expect(await left.read(4)).toBeUndefined();
  });

  it("ignores a last record that its process did not finish, and goes on in a new file", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    const reports = await spoolIn(root.path).openReports(ref);
    await reports.append(chunk(1));
    await reports.append(chunk(2));
    await reports.close();
    const file = join(root.path, `${ref.executionId}.1.1.reports`);
    await writeFile(file, (await readFile(file)).subarray(0, -5));
    const left = await spoolIn(root.path).openReports(ref, [1]);
    expect(left.sequences()).toEqual([1]);
    await left.append(chunk(2));
    await left.close();
    expect(await left.read(2)).toEqual(chunk(2));
    expect(await reportFiles(root.path)).toHaveLength(2);
  });

  it("refuses a record with a flipped bit, in another record's place, or in another attempt's file", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    const reports = await spoolIn(root.path).openReports(ref);
    await reports.append(chunk(1));
    await reports.append(chunk(2));
    await reports.close();
    const file = join(root.path, `${ref.executionId}.1.1.reports`);
    const bytes = await readFile(file);
    const half = bytes.length / 2;
    const [head1, body1, head2, body2] = [[0, 8], [8, half], [half, half + 8], [half + 8]].map(([from, to]) =>
      bytes.subarray(from, to),
    );
    if (!head1 || !body1 || !head2 || !body2) throw new TypeError("two records were expected");
    await writeFile(join(root.path, `${ref.executionId}.2.1.reports`), bytes);
    await writeFile(join(root.path, `${ref.executionId}.3.1.reports`), Buffer.concat([head1, body2, head2, body1]));
    const flipped = Buffer.from(bytes);
    flipped[half - 1] = (flipped[half - 1] ?? 0) ^ 1;
    const read = async (attempt: number, sequence: number) =>
      (await spoolIn(root.path).openReports({ ...ref, attempt }, [1])).read(sequence);
    expect(await read(1, 1)).toEqual(chunk(1));
    expect(await codeOf(read(2, 1))).toBe("WRONG_KEY_OR_CONTEXT");
    expect(await codeOf(read(3, 1))).toBe("WRONG_KEY_OR_CONTEXT");
    expect(await codeOf(read(3, 2))).toBe("WRONG_KEY_OR_CONTEXT");
    await writeFile(file, flipped);
    expect(await codeOf(read(1, 1))).toBe("TAMPERED");
    expect(await read(1, 2)).toEqual(chunk(2));
  });

  it("removes a file of about 1 MiB once no chunk in it is needed, and counts the bytes that are left", async () => {
    await using root = await temporaryFolder();
    const spool = spoolIn(root.path);
    const reports = await spool.openReports(newAttemptRef());
    for (let sequence = 1; sequence <= 10; sequence += 1) await reports.append(chunk(sequence, large));
    expect(await reportFiles(root.path)).toHaveLength(3);
    await reports.drop([1, 2, 4, 5, 6, 7, 8]);
    expect(await reportFiles(root.path)).toHaveLength(2);
    await reports.drop([3]);
    expect(await reportFiles(root.path)).toHaveLength(1);
    expect(reports.bytes()).toBeGreaterThan(600_000);
    expect(spool.reportBytes()).toBe(reports.bytes());
    for (const sequence of [11, 12]) await reports.append(chunk(sequence, large));
    await reports.drop([9, 10, 11, 12]);
    // The last file too, once it is full.
    expect([spool.reportBytes(), await reportFiles(root.path)]).toEqual([0, []]);
    await reports.append(chunk(13));
    await reports.remove();
    expect([spool.reportBytes(), await reportFiles(root.path)]).toEqual([0, []]);
  });

  it("does not list a run of this process as left by an earlier one", async () => {
    await using root = await temporaryFolder();
    const spool = spoolIn(root.path);
    const ref = newAttemptRef();
    const reports = await spool.openReports(ref);
    await reports.append(chunk(1));
    await reports.close();
    await spool.write({ finish: { ...ref, status: "succeeded", lastSequence: 1 }, chunks: [] });
    expect(await spool.list()).toEqual([]);
    expect(await spoolIn(root.path).list()).toHaveLength(1);
  });

  it("makes its folder again when it was removed", async () => {
    await using root = await temporaryFolder();
    const folder = join(root.path, "spool");
    const spool = spoolIn(folder);
    await spool.write({ finish: { ...newAttemptRef(), status: "succeeded", lastSequence: 0 }, chunks: [] });
    await rm(folder, { recursive: true });
    const reports = await spool.openReports(newAttemptRef());
    await reports.append(chunk(1));
    expect(await reports.read(1)).toEqual(chunk(1));
    await reports.close();
  });

  it("keeps its chunks on a full disk, and goes on when there is room", async () => {
    await using root = await temporaryFolder();
    await using disk = await mountSmallDisk(root.path, 400_000);
    const ref = newAttemptRef();
    const folder = join(disk.path, "spool");
    const reports = await spoolIn(folder).openReports(ref);
    await reports.append(chunk(1, large));
    await expect(reports.append(chunk(2, large))).rejects.toMatchObject({ code: "ENOSPC" });
    await reports.append(chunk(3));
    await reports.close();
    expect(await reports.read(1)).toEqual(chunk(1, large));
    const left = await spoolIn(folder).openReports(ref, [1]);
    expect(left.sequences()).toEqual([1, 3]);
    expect(await left.read(3)).toEqual(chunk(3));
  });
});
