import { limits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { readZip } from "../../../../../packages/web/src/pages/upload/drop/read-zip.ts";
import { readDropped } from "../../../../../packages/web/src/pages/upload/drop/read-dropped.ts";
import { type MadeEntry, makeZip } from "../../../../support/make-zip.ts";
import { rejectionOf } from "../../../../support/refusal.ts";

const script: MadeEntry = { name: "main.sh", content: "echo 1" };

async function refuse(entries: readonly MadeEntry[]): Promise<string> {
  const failure = await rejectionOf(
    readZip(makeZip(entries)).then(async (files) => {
      await readDropped({ files });
    }),
  );
  return `${failure.code}: ${failure.message}`;
}

test("readZip() gives stored and deflated files with names in UTF-8", async () => {
  const files = await readZip(makeZip([script, { name: "dä/ü.txt", content: "x".repeat(5_000), method: 8 }]));
  expect(files.map(({ path, size, kind }) => [path, size, kind])).toEqual([
    ["main.sh", 6, "file"],
    ["dä/ü.txt", 5_000, "file"],
  ]);
  expect(new TextDecoder().decode(await files[1]?.read())).toBe("x".repeat(5_000));
});

test.each<[what: string, entry: MadeEntry, expected: RegExp]>([
  ["a path that leads out", { name: "../evil.sh", content: "x" }, /leads out of it/],
  ["an absolute path", { name: "/etc/evil.sh", content: "x" }, /absolute/],
  ["a backslash", { name: "a\\b.sh", content: "x" }, /expected "\/" between folders/],
  ["a link", { name: "link.sh", content: "main.sh", mode: 0o120777 }, /this is a link/],
  ["a device", { name: "device.sh", mode: 0o020666 }, /device, socket or pipe/],
  ["a name that differs only by case", { name: "MAIN.sh", content: "x" }, /"main\.sh": collides with "MAIN\.sh"/],
  ["a name that comes twice", { name: "main.sh", content: "x" }, /twice|broken/],
  ["encryption", { name: "b.sh", content: "x", flags: 0x801 }, /without a password/],
  ["another compression", { name: "b.sh", content: "x", method: 14 }, /compressed by method 14/],
  ["a wrong checksum", { name: "b.sh", content: "x", said: { crc: 1 } }, /"b\.sh": its content cannot be unpacked/],
  ["a secrets.json in a folder", { name: "sub/secrets.json", content: "{}" }, /at the top of the package only/],
  ["a name that is not UTF-8", { name: new Uint8Array([0xff, 0x2e, 0x73, 0x68]), flags: 0 }, /UTF-8/],
  [
    "two names for one file",
    { name: "b.sh", content: "x", local: { name: "c.sh" } },
    /"b\.sh": its content cannot be unpacked/,
  ],
  [
    "content that overlaps another",
    { name: "b.sh", content: "echo 1", offset: 0, local: { name: "main.sh" } },
    /cannot be unpacked/,
  ],
])("readZip() refuses %s", async (_what, entry, expected) => {
  expect(await refuse([script, entry])).toMatch(expected);
});

test("readZip() inflates no more than the list says", async () => {
  const bomb = { name: "bomb.txt", content: "x".repeat(1_000_000), method: 8, said: { size: 10 } };
  expect(await refuse([script, bomb])).toMatch(/"bomb\.txt": /);
});

test("readZip() and what follows refuse a list that says more than a package may hold", async () => {
  const huge = { name: "bomb.txt", content: "x", method: 8, said: { size: limits.packageBytes + 1 } };
  expect(await refuse([script, huge])).toMatch(/Expected at most 64 MiB in all/);
});

test("readZip() refuses a file that is not a zip, and a zip that is cut", async () => {
  const cut = makeZip([script]).subarray(0, 40);
  for (const bytes of [new TextEncoder().encode("not a zip"), cut]) {
    expect((await rejectionOf(readZip(bytes))).message).toMatch(/^Expected a whole zip archive, this one is broken/);
  }
});
