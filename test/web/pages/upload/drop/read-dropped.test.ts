import { limits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { openDropped, readDropped } from "../../../../../packages/web/src/pages/upload/drop/read-dropped.ts";
import { rejectionOf } from "../../../../support/refusal.ts";
import { storedZip } from "../../../../support/stored-zip.ts";
import { droppedFiles } from "../dropped.ts";

test("readDropped() picks secrets.json out, strips the folder, sorts, and says what is left out", async () => {
  const read = await readDropped({
    files: droppedFiles({
      "pkg/b.py": "b",
      "pkg/secrets.json": "{}",
      "pkg/.env": "A=1",
      "pkg/.git/HEAD": "x",
      "pkg/a.py": "a",
    }),
  });
  expect(read.folder).toBe("pkg");
  expect(read.files.map(({ path }) => path)).toEqual(["a.py", "b.py"]);
  expect(read.skipped).toEqual([".env"]);
  expect(new TextDecoder().decode(read.secretsFile)).toBe("{}");
});

test("readDropped() refuses a secrets.json in a folder before anything is read", async () => {
  let reads = 0;
  const files = droppedFiles({ "a.py": "", "sub/secrets.json": "{}" }).map((file) => ({
    ...file,
    read: async () => {
      reads += 1;
      return file.read();
    },
  }));
  expect((await rejectionOf(readDropped({ files }))).message).toMatch(/at the top of the package only/);
  expect(reads).toBe(0);
});

test("readDropped() refuses links, a secrets.json over the limit, and two of them", async () => {
  const [script] = droppedFiles({ "a.py": "" });
  const [link] = droppedFiles({ "b.py": "" }, "link");
  const [secrets] = droppedFiles({ "secrets.json": "{}" });
  if (script === undefined || link === undefined || secrets === undefined) throw new TypeError("nothing was made");
  expect((await rejectionOf(readDropped({ files: [script, link] }))).message).toMatch(/this is a link/);
  expect((await rejectionOf(readDropped({ files: [script, secrets, secrets] }))).message).toMatch(/twice/);
  const large = { ...secrets, size: limits.secretsFileBytes + 1 };
  expect((await rejectionOf(readDropped({ files: [script, large] }))).code).toBe("VALUE_TOO_LARGE");
});

test("openDropped() opens a single zip, and treats a zip beside other files as a file", async () => {
  const zip = storedZip({ "pkg/a.py": "print(1)" });
  const opened = await openDropped(droppedFiles({ "report.zip": zip }));
  expect(opened.zipName).toBe("report");
  expect(opened.files.map(({ path }) => path)).toEqual(["pkg/a.py"]);
  const beside = await openDropped(droppedFiles({ "report.zip": zip, "a.py": "" }));
  expect(beside.files.map(({ path }) => path)).toEqual(["report.zip", "a.py"]);
});

test("openDropped() refuses a zip that is too large before it is read", async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    return new Uint8Array();
  };
  const zip = { path: "big.zip", size: limits.zipBytes + 1, kind: "file", read } as const;
  expect(await rejectionOf(openDropped([zip]))).toMatchObject({ code: "PACKAGE_INVALID" });
  expect(reads).toBe(0);
});
