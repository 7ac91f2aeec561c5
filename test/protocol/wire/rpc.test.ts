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
  expect(Buffer.from(encodeFileList(list.slice(0, 1))).toString()).toBe(`[{"path":"a","sha256":"${digest}","size":1}]`);
});
