import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { crc32, deflateRawSync } from "node:zlib";
import { limits, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { readZip } from "../../../../packages/platform/src/push/zip/read-zip.ts";
import { type MadeEnd, type MadeEntry, makeZip, unicodePathExtra, zip64Extra } from "../../../support/make-zip.ts";
import { rejectionOf } from "../../../support/refusal.ts";

const main: MadeEntry = { name: "main.py", content: "print('hello')\n".repeat(20), method: 8 };
const withMain = (...entries: readonly MadeEntry[]): Buffer => makeZip([main, ...entries]);
const pathsOf = async (archive: Buffer): Promise<readonly string[]> =>
  (await readZip(archive)).files.map(({ path }) => path);
const refusal = async (archive: Buffer): Promise<string> => {
  const { code, message } = await rejectionOf(readZip(archive));
  expect(code).toBe("PACKAGE_INVALID");
  return message;
};

describe("readZip(), of zips as programs make them", () => {
  test.each([
    ["deflated", {}, {}],
    ["stored", { compress: false }, {}],
    ["of 64 bits", { forceZip64Format: true }, { forceZip64Format: true }],
  ])("readZip() unpacks one that is %s, with its sizes before or after the content", async (_what, option, end) => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from("print(1)\n"), "b.py", option);
    zip.addReadStream(Readable.from([Buffer.from("echo "), Buffer.from("hi\n")]), "a.sh", option);
    zip.addEmptyDirectory("data");
    zip.addBuffer(Buffer.from("grün"), "data/größe 😀.txt", option);
    zip.addBuffer(Buffer.alloc(0), "data/empty", option);
    zip.end(end);
    const { files, secretsFile, announced, overwrite } = await readZip(await buffer(zip.outputStream));
    expect(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
      ["b.py", "print(1)\n"],
      ["a.sh", "echo hi\n"],
      ["data/größe 😀.txt", "grün"],
      ["data/empty", ""],
    ]);
    for (const { bytes, sha256 } of files) expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect([secretsFile, announced, overwrite]).toEqual([undefined, undefined, false]);
  });

  test("readZip() takes secrets.json at the top out of the files, and wipes the archive", async () => {
    for (const method of [0, 8]) {
      const archive = withMain({ name: "secrets.json", content: '{"A": "canary-of-the-zip"}', method });
      const { files, secretsFile } = await readZip(archive);
      expect(files.map(({ path }) => path)).toEqual(["main.py"]);
      expect(Buffer.from(secretsFile ?? []).toString()).toBe('{"A": "canary-of-the-zip"}');
      expect(archive.every((byte) => byte === 0)).toBe(true);
    }
  });

  test("readZip() takes the executable bit of each entry, and without Unix permissions a first line with #!", async () => {
    const entries: readonly MadeEntry[] = [
      { name: "main.sh", content: "echo" },
      { name: "bin/tool", content: "", mode: 0o100755 },
      { name: "bin/plain", content: "#!/bin/sh\n", mode: 0o100644 },
      { name: "windows/tool", content: "#!/bin/sh\n", mode: 0 },
      { name: "windows/notes.txt", content: "# notes", mode: 0 },
    ];
    const { files } = await readZip(makeZip(entries));
    expect(files.filter(({ executable }) => executable).map(({ path }) => path)).toEqual(["bin/tool", "windows/tool"]);
  });

  test("readZip() wipes an archive that it refuses", async () => {
    const archive = withMain({ name: "secrets.json", content: '{"A": "canary-of-the-zip"}' }, { name: "../x" });
    await refusal(archive);
    expect(archive.every((byte) => byte === 0)).toBe(true);
  });

  test("readZip() leaves away the one folder around everything, and what macOS adds", async () => {
    const inFolder = [
      { name: "report/", mode: 0o040755 },
      { ...main, name: "report/main.py" },
      { name: "report/secrets.json", content: "{}" },
      { name: "report/data/.DS_Store" },
      { name: "report/data/x.txt" },
      { name: "__MACOSX/report/._main.py" },
      { name: ".DS_Store" },
    ];
    const { files, secretsFile } = await readZip(makeZip(inFolder));
    expect(files.map(({ path }) => path)).toEqual(["main.py", "data/x.txt"]);
    expect(secretsFile).toHaveLength(2);
    expect(await pathsOf(makeZip([...inFolder.slice(0, 2), { name: "beside.sh" }]))).toEqual([
      "report/main.py",
      "beside.sh",
    ]);
  });

  test("readZip() leaves away a repository's history", async () => {
    const names = [".git/config", "lib/.svn/entries", ".gitignore"];
    expect(await pathsOf(withMain(...names.map((name) => ({ name }))))).toEqual(["main.py", ".gitignore"]);
    expect(await pathsOf(makeZip([{ name: "top/main.py" }, { name: "top/.git/config" }]))).toEqual(["main.py"]);
  });

  test.each([".env", ".env.local", "top/.npmrc", "lib/.pypirc", ".ENV"])(
    "readZip() refuses %s, whose content would be kept in the clear",
    async (name) => {
      const message = await refusal(withMain({ name, content: "TOKEN=canary-of-the-zip" }));
      expect(message).toContain(`"${name}": often holds passwords or tokens`);
      expect(message).not.toContain("canary");
    },
  );

  test("readZip() takes the settings that a vendored package brings along", async () => {
    const name = "node_modules/left-pad/.npmrc";
    expect(await pathsOf(withMain({ name }))).toEqual(["main.py", name]);
  });

  test("readZip() reads names in UTF-8 whatever the zip says of them, and those of Info-ZIP's own field", async () => {
    const raw = Buffer.from([0x67, 0x72, 0x81, 0x6e]);
    const files = withMain({ name: "größe", flags: 0 }, { name: raw, flags: 0, extra: unicodePathExtra(raw, "grün") });
    expect(await pathsOf(files)).toEqual(["main.py", "größe", "grün"]);
  });
});

describe("readZip(), of entries that no package may hold", () => {
  const script = "print(2)";
  test.each<[what: string, entry: MadeEntry, path: string, sentence: string]>([
    [
      "encrypted",
      { name: "x.py", content: "twelve bytes", said: { size: 0 }, flags: 0x801 },
      "x.py",
      "without a password",
    ],
    ["compressed by bzip2", { name: "x.py", method: 12 }, "x.py", "its compression method is 12"],
    ["a link", { name: "x.py", content: "/etc/passwd", mode: 0o120777 }, "x.py", "this is a link"],
    ["a link called a folder", { name: "x/", content: "", mode: 0o120777 }, "x/", '"/"'],
    ["a device", { name: "x", mode: 0o020666 }, "x", "this is a device"],
    ["a pipe", { name: "x", mode: 0o010666 }, "x", "this is a device"],
    ["a link called secrets.json", { name: "secrets.json", mode: 0o120777 }, "secrets.json", "this is a link"],
    ["absolute", { name: "/x.py" }, "/x.py", "absolute"],
    ["absolute on Windows", { name: "C:/x.py" }, "C:/x.py", "absolute"],
    ["above the package", { name: "../x.py" }, "../x.py", "leads out of it"],
    ["above it by a detour", { name: "a/../../x.py" }, "a/../../x.py", "leads out of it"],
    ["above it by backslashes", { name: "..\\x.py" }, "..\\\\x.py", 'no "\\"'],
    ["in a folder without a name", { name: "a//x.py" }, "a//x.py", 'between every two "/"'],
    ["called with a control character", { name: "a\u0000.py" }, "a\\u{0}.py", "control characters"],
    ["the same path", { ...main, content: script }, "main.py", "is there twice"],
    ["the same but for case", { name: "MAIN.py" }, "MAIN.py", 'collides with "main.py"'],
    ["a folder where a file is", { name: "main.py/x" }, "main.py", "once as a file and once as a folder"],
    ["a folder with content", { name: "x/", content: script }, "x/", "a folder without content"],
    ["secrets.json in a folder", { name: "x/secrets.json" }, "x/secrets.json", "at the top of the package only"],
    ["secrets.json in capitals", { name: "SECRETS.JSON" }, "SECRETS.JSON", "in small letters"],
    ["a wrong checksum", { name: "x.py", content: script, said: { crc: 1 } }, "x.py", "does not match its checksum"],
    [
      "a wrong checksum of deflated content",
      { name: "x.py", content: script, method: 8, said: { crc: 1 } },
      "x.py",
      "does not match its checksum",
    ],
    ["smaller than it says", { name: "x", content: "y", method: 8, said: { size: 9 } }, "x", "expected 9 bytes"],
    ["larger than it says", { name: "x", content: "yyy", method: 8, said: { size: 1 } }, "x", "found more"],
    ["no deflate", { name: "x", content: "yyy", method: 8, said: { packedSize: 1 } }, "x", "damaged"],
    ["over the zip's list", { name: "x", content: "y", said: { packedSize: 99, size: 99 } }, "x", "the zip's own list"],
    ["called otherwise before it", { name: "x", local: { name: "y" } }, "x", "in two different ways"],
    ["stored or not", { name: "x", local: { method: 8 } }, "x", "in two different ways"],
    ["of two sizes", { name: "x", local: { said: { size: 5 } } }, "x", "in two different ways"],
    ["of two checksums", { name: "x", local: { said: { crc: 5 } } }, "x", "in two different ways"],
    ["encrypted or not", { name: "x", local: { flags: 0x801 } }, "x", "in two different ways"],
    ["nowhere", { name: "x", offset: 7 }, "x", "does not have it where its list says"],
    ["past the end", { name: "x", offset: 0xffff_fff0 }, "x", "does not have it where its list says"],
  ])("readZip() refuses an entry that is %s, and names it", async (_what, entry, path, sentence) => {
    const message = await refusal(withMain({ name: "y.txt" }, entry));
    expect(message).toContain(`"${path}": `);
    expect(message).toContain(sentence);
  });

  test("readZip() refuses two secrets.json, and one that is too large", async () => {
    const secrets = { name: "secrets.json", content: "{}" };
    expect(await refusal(withMain(secrets, secrets))).toContain('"secrets.json": is in the zip twice');
    const large = { ...secrets, content: Buffer.alloc(limits.secretsFileBytes + 1), method: 8 };
    const { code, message } = await rejectionOf(readZip(withMain(large)));
    expect([code, message]).toEqual(["SECRETS_FILE_INVALID", expect.stringContaining("at most 4 MiB")]);
  });

  test("readZip() refuses a name that is no UTF-8, and tells the entry by the one before it", async () => {
    const message = await refusal(withMain({ name: Buffer.from([0x61, 0xff, 0x0a]) }));
    expect(message).toContain('the entry after "main.py" is not (a??)');
  });

  test("readZip() refuses entries that share their bytes", async () => {
    const message = await refusal(withMain({ ...main, name: "again.py", offset: 0, local: { name: "main.py" } }));
    expect(message).toMatch(/^"(?:main|again)\.py": /);
    const inner = makeZip([{ name: "inner.py", content: "print(3)" }]);
    const outer: MadeEntry = { name: "outer.bin", content: inner };
    const innerAt = 30 + "outer.bin".length;
    const nested = makeZip([outer, { name: "inner.py", content: "print(3)", offset: innerAt }]);
    expect(await refusal(nested)).toContain('"outer.bin": its content overlaps "inner.py"');
  });
});

describe("readZip(), of bombs", () => {
  const zeros = Buffer.alloc(2 * limits.packageBytes);

  test("readZip() refuses what says that it is too large before it unpacks anything", async () => {
    const said = { size: zeros.length };
    const message = await refusal(withMain({ name: "x.bin", content: "no deflate", said, method: 8 }));
    expect(message).toContain("Expected at most 64 MiB in all");
    const halves = ["a.bin", "b.bin", "c.bin"].map((name) => ({
      name,
      said: { size: limits.packageBytes / 2 },
      method: 8,
    }));
    expect(await refusal(withMain(...halves))).toContain("Expected at most 64 MiB in all");
  });

  test("readZip() stops inflating at the size that was said", async () => {
    const archive = withMain({ name: "x.bin", content: zeros, method: 8, said: { size: 100 } });
    expect(archive.length).toBeLessThan(limits.packageBytes / 100);
    const before = process.memoryUsage().arrayBuffers;
    expect(await refusal(archive)).toContain('"x.bin": expected 100 bytes, as the zip says, found more');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(zeros.length / 4);
  });

  test("readZip() refuses more files than a package may have, and more entries than it would count", async () => {
    const files = Array.from({ length: limits.packageFiles }, (_, index) => ({ name: `f${index}` }));
    expect(await refusal(withMain(...files))).toContain("Expected at most 5000 files, found 5001");
    const folders = Array.from({ length: 4 * limits.packageFiles }, (_, index) => ({ name: `f${index}/` }));
    expect(await refusal(withMain(...folders))).toContain("at most 20000 entries in the zip, found 20001");
  });
});

describe("readZip(), of what is no zip", () => {
  const end = (changes: MadeEnd): Buffer => makeZip([main], changes);
  test.each<[what: string, archive: Buffer, sentence: string]>([
    ["nothing", Buffer.alloc(0), "broken at its end"],
    ["something else", randomBytes(1000), "broken at its end"],
    ["one that was cut short", makeZip([main]).subarray(0, -1), "broken at its end"],
    ["one with more behind it", Buffer.concat([makeZip([main]), Buffer.from("more")]), "broken at its end"],
    ["one part of several", end({ disk: 1 }), "multi-disk"],
    ["one that lists more than it has", end({ entryCount: 2 }), 'broken in the entry after "main.py"'],
    ["one whose list is elsewhere", end({ directoryStart: 0 }), "broken in the first entry"],
    ["one whose list is past its end", end({ directoryStart: 0xffff_0000 }), "broken in the first entry"],
    ["64 bits with no record", end({ zip64: { recordAt: 0n } }), "broken at its end"],
    ["64 bits with a record past the end", end({ zip64: { recordAt: 1n << 62n } }), "broken at its end"],
    ["64 bits in parts", end({ zip64: { disk: 3 } }), "multi-disk"],
    ["64 bits with very many entries", end({ zip64: { entryCount: 1n << 52n } }), "at most 20000 entries"],
    ["64 bits with a list past the end", end({ zip64: { directoryStart: 1n << 52n } }), "broken in the first entry"],
    [
      "sizes in 64 bits that are not there",
      makeZip([{ ...main, said: { size: 0xffff_ffff }, extra: zip64Extra() }]),
      "broken in the first entry",
    ],
    [
      "sizes in 64 bits that are none",
      makeZip([{ ...main, said: { size: 0xffff_ffff }, extra: zip64Extra(1n << 51n) }]),
      "64 MiB in all",
    ],
    ["an empty one", makeZip([]), "it is empty"],
  ])("readZip() refuses %s", async (_what, archive, sentence) => {
    expect(await refusal(Buffer.from(archive))).toContain(sentence);
  });

  test("readZip() unpacks or refuses a zip whatever bytes of it change, only with errors of the table", async () => {
    const good = withMain(
      { name: "data/x.txt", content: "x".repeat(99), method: 8 },
      { name: "secrets.json", content: "{}" },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (changes) => {
          const archive = Buffer.from(good);
          for (const [at, flip] of changes) archive[at] = (archive[at] ?? 0) ^ flip;
          const upload = await readZip(archive).catch((error: unknown) => error);
          if (upload instanceof SealrunError) return upload.code !== "INTERNAL";
          if (upload instanceof Error) throw upload;
          return true;
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("readZip() reads a file that another program deflated by its own means", async () => {
    const content = Buffer.from("print(4)\n".repeat(1000));
    const packed = deflateRawSync(content, { level: 1, strategy: 4 });
    const said = { crc: crc32(content), size: content.length };
    const archive = makeZip([{ name: "main.py", content: packed, said }]);
    // Said to be deflated: method 8 in the list and before the file.
    const list = archive.indexOf("PK\x01\x02");
    archive.writeUInt16LE(8, 8);
    archive.writeUInt16LE(8, list + 10);
    const [file] = (await readZip(archive)).files;
    expect(Buffer.from(file?.bytes ?? []).equals(content)).toBe(true);
  });
});
