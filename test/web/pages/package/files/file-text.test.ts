import { expect, test } from "vitest";
import { maxLines, readText } from "../../../../../packages/web/src/pages/package/files/file-text.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test("readText() gives the text of a file", () =>
  expect(readText(encode("a\nü"))).toEqual({ kind: "text", text: "a\nü", size: 4, isCut: false }));

test("readText() keeps a byte order mark, so that an edit does", () =>
  expect(readText(encode("\uFEFFa"))).toEqual({ kind: "text", text: "\uFEFFa", size: 4, isCut: false }));

test("readText() treats zero bytes and other encodings as binary", () => {
  expect(readText(new Uint8Array([0x61, 0, 0x62])).kind).toBe("binary");
  expect(readText(new Uint8Array([0xff, 0xfe, 0x61])).kind).toBe("binary");
});

test("readText() cuts long files at a line, and large ones inside a character, which stay text", () => {
  const long = readText(encode("x\n".repeat(maxLines + 10)));
  expect(long.kind === "text" ? [long.isCut, long.text.split("\n").length] : []).toEqual([true, maxLines]);
  const large = readText(encode(`x${"ü".repeat(600_000)}`));
  expect([large.kind, large.kind === "text" && large.isCut]).toEqual(["text", true]);
});
