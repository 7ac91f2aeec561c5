import { createHash } from "node:crypto";
import { encodeFileList } from "@sealrun/protocol";
import { expect, test } from "vitest";

const digest = createHash("sha256").update("x").digest("hex");

test("encodeFileList() gives the same bytes whatever order fields come in, and others for another order of files", () => {
  const list = [
    { path: "a", sha256: digest, size: 1 },
    { path: "b", sha256: digest, size: 2 },
  ];
  const turned = list.map(({ path, sha256, size }) => ({ size, sha256, path, extra: true }));
  expect(encodeFileList(turned)).toEqual(encodeFileList(list));
  expect(encodeFileList(list.toReversed())).not.toEqual(encodeFileList(list));
});

test("encodeFileList() names the executable bit only where it is set, so that older digests hold", () => {
  const file = { path: "a", sha256: digest, size: 1 };
  const plain = `[{"path":"a","sha256":"${digest}","size":1}]`;
  const textOf = (executable?: boolean): string => Buffer.from(encodeFileList([{ ...file, executable }])).toString();
  expect([textOf(), textOf(false)]).toEqual([plain, plain]);
  expect(textOf(true)).toBe(`[{"path":"a","sha256":"${digest}","size":1,"executable":true}]`);
});
