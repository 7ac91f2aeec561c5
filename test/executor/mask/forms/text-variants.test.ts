import { expect, test } from "vitest";
import {
  caseForms,
  normalForms,
  otherCharsets,
  textVariants,
} from "../../../../executor/src/mask/forms/text-variants.ts";

test("textVariants() has other line ends and no outer white space", () => {
  expect(textVariants(" a\r\nb ")).toEqual([" a\r\nb ", "a\r\nb", " a\nb ", "a\nb"]);
});

test("normalForms() are composed and decomposed", () => {
  expect(normalForms("pä")).toEqual(["pa\u0308"]);
  expect(normalForms("pa\u0308")).toEqual(["pä"]);
  expect(normalForms("p", "pä")).toEqual(["p"]);
});

test("caseForms() are upper and lower", () => {
  expect(caseForms("AbC-é")).toEqual(["ABC-É", "abc-é"]);
});

test("otherCharsets() are UTF-16, and Latin-1 where it has every character", () => {
  expect(otherCharsets("pä")).toEqual([Buffer.from("p\0ä\0", "latin1"), Buffer.from("p\xe4", "latin1")]);
  expect(otherCharsets("p€")).toEqual([Buffer.from("p€", "utf16le")]);
  expect(otherCharsets("p")).toEqual([Buffer.from("p\0")]);
  expect(otherCharsets("p", "pä")).toEqual([Buffer.from("p\0"), Buffer.from("p")]);
});
