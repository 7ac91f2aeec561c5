import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listEntries, type ZipEntry } from "../../../../packages/platform/src/push/zip/list-entries.ts";
import { unpackEntry } from "../../../../packages/platform/src/push/zip/unpack-entry.ts";
import { type MadeEntry, makeZip } from "../../../support/make-zip.ts";
import { rejectionOf } from "../../../support/refusal.ts";

const stored = 0;
const deflated = 8;
const canary = "canary-of-the-zip ".repeat(20);

/** An archive with a file before and after the one of interest, and that one's entry. */
async function archiveWith(made: Omit<MadeEntry, "name">): Promise<{ archive: Buffer; entry: ZipEntry }> {
  const around = { content: "around", method: deflated };
  const archive = makeZip([
    { ...around, name: "before.py" },
    { ...made, name: "x.txt" },
    { ...around, name: "after.py" },
  ]);
  const entry = (await listEntries(archive))[1];
  if (entry === undefined) throw new TypeError("Expected three entries");
  return { archive, entry };
}

async function refusal(archive: Buffer, entry: ZipEntry): Promise<void> {
  const { code, message } = await rejectionOf(unpackEntry(archive, entry));
  expect(code).toBe("PACKAGE_INVALID");
  expect(message).toContain('"x.txt"');
  expect(message).not.toContain("canary");
}

describe("unpackEntry()", () => {
  test("unpackEntry() gives back whatever bytes were stored or deflated", async () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.nat(200_000).map((length) => new Uint8Array(length)),
    );
    await fc.assert(
      fc.asyncProperty(content, fc.constantFrom(stored, deflated), async (bytes, method) => {
        const { archive, entry } = await archiveWith({ content: bytes, method });
        expect(Buffer.from(await unpackEntry(archive, entry)).equals(bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["stored", stored],
    ["deflated", deflated],
  ])("unpackEntry() gives a %s file memory of its own, which stays when the archive is wiped", async (_how, method) => {
    const { archive, entry } = await archiveWith({ content: canary, method });
    const bytes = await unpackEntry(archive, entry);
    archive.fill(0);
    expect(Buffer.from(bytes).toString()).toBe(canary);
  });

  test.each([
    ["stored", stored],
    ["deflated", deflated],
  ])("unpackEntry() leaves the archive unchanged, so that a %s file can be unpacked again", async (_how, method) => {
    const { archive, entry } = await archiveWith({ content: canary, method });
    const before = Buffer.from(archive);
    expect(await unpackEntry(archive, entry)).toEqual(await unpackEntry(archive, entry));
    expect(archive.equals(before)).toBe(true);
  });
});

describe("unpackEntry(), of an archive that lies or is damaged", () => {
  test.each([
    ["stored", stored, -1],
    ["stored", stored, 1],
    ["deflated", deflated, -1],
    ["deflated", deflated, 1],
    ["deflated", deflated, -canary.length],
  ])("unpackEntry() refuses a %s file (method %i) whose size is said to be other by %i", async (_how, method, by) => {
    const { archive, entry } = await archiveWith({ content: canary, method });
    await refusal(archive, { ...entry, size: entry.size + by });
  });

  test.each([
    ["stored", stored],
    ["deflated", deflated],
  ])("unpackEntry() refuses a %s file of another checksum, an empty one too", async (_how, method) => {
    for (const content of [canary, ""]) {
      const { archive, entry } = await archiveWith({ content, method, said: { crc: 0x1234_5678 } });
      await refusal(archive, entry);
    }
  });

  test("unpackEntry() refuses a file of many mebibytes that is said to be small", async () => {
    const { archive, entry } = await archiveWith({
      content: new Uint8Array(32 * 1_048_576),
      method: deflated,
      said: { size: 100 },
    });
    expect(archive.length).toBeLessThan(100_000);
    await refusal(archive, entry);
  });

  test("unpackEntry() refuses a deflated file that ends before its last block does", async () => {
    const { archive, entry } = await archiveWith({ content: canary, method: deflated, said: { packedSize: 10 } });
    await refusal(archive, entry);
  });

  test("unpackEntry() refuses a stored file with any one bit flipped", async () => {
    const { archive, entry } = await archiveWith({ content: canary, method: stored });
    await fc.assert(
      fc.asyncProperty(fc.nat(entry.size - 1), fc.nat(7), async (at, bit) => {
        await refusal(flip(archive, entry.dataStart + at, bit), entry);
      }),
    );
  });

  test("unpackEntry() never gives other content for a deflated file with a bit flipped", async () => {
    const { archive, entry } = await archiveWith({ content: canary, method: deflated });
    let refused = 0;
    for (let at = 0; at < entry.entry.compressedSize; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const damaged = flip(archive, entry.dataStart + at, bit);
        // A bit after the last block means nothing: then the content is the right one.
        const text = await unpackEntry(damaged, entry).then(
          (bytes) => Buffer.from(bytes).toString(),
          () => undefined,
        );
        if (text === undefined) {
          refused += 1;
          await refusal(damaged, entry);
        } else expect(text).toBe(canary);
      }
    }
    expect(refused).toBeGreaterThan(8 * (entry.entry.compressedSize - 2));
  });
});

function flip(archive: Buffer, at: number, bit: number): Buffer {
  const damaged = Buffer.from(archive);
  damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
  return damaged;
}
