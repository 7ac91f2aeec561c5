import {
  fromHex,
  generateIdentity,
  readStatedBox,
  sign,
  stateBox,
  toBase64,
  utf8,
  lengthPrefixed,
} from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf } from "../code-of.ts";
import { smallOrder } from "../small-order.ts";

const executor = generateIdentity("exr_00000000000000000000");
const other = generateIdentity("exr_11111111111111111111");
const stated = { sender: executor.id, ...stateBox(executor) };

test("readStatedBox() gives the key that stateBox() states, which signs it once", () => {
  expect(stateBox(executor)).toBe(stateBox(executor));
  for (let read = 0; read < 2; read += 1) {
    expect(readStatedBox(stated, executor.signPublic)).toEqual(executor.box.publicKey);
  }
});

test("readStatedBox() gives nothing for a statement of another, about another, or changed", () => {
  const swapped = { ...stated, box: stateBox(other).box };
  const refused = [
    { header: stated, by: other },
    { header: { ...stated, sender: other.id }, by: executor },
    { header: { ...stateBox(other), sender: executor.id }, by: executor },
    { header: swapped, by: executor },
    { header: { ...stated, boxSignature: stateBox(other).boxSignature }, by: executor },
    { header: { sender: executor.id, box: stated.box }, by: executor },
    { header: { sender: executor.id, boxSignature: stated.boxSignature }, by: executor },
  ];
  for (const { header, by } of refused) expect(readStatedBox(header, by.signPublic)).toBeUndefined();
});

test("readStatedBox() gives nothing for a signature over the same bytes without the label", () => {
  const bytes = lengthPrefixed(utf8(executor.id), executor.box.publicKey);
  const boxSignature = toBase64(sign(executor.signPrivate, bytes));
  expect(readStatedBox({ ...stated, boxSignature }, executor.signPublic)).toBeUndefined();
});

test("readStatedBox() refuses a key of low order, even one that its sender has signed", () => {
  for (const publicKey of smallOrder.map(fromHex)) {
    const hostile = { ...executor, box: { ...executor.box, publicKey } };
    const header = { sender: executor.id, ...stateBox(hostile) };
    expect(codeOf(() => readStatedBox(header, executor.signPublic))).toBe("LOW_ORDER_KEY");
  }
});
