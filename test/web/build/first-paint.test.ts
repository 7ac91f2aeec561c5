import { expect, test } from "vitest";
import { moveStyles } from "../../../packages/web/build/first-paint.ts";

test("moveStyles() puts style sheets before the root, and leaves everything else where it is", () => {
  const page = [
    "<head>",
    '  <link rel="stylesheet" href="/a.css">',
    '  <link rel="icon" href="/icon.svg">',
    '  <link rel="stylesheet" href="/b.css">',
    '</head><body><p>Loading</p><div id="root"></div></body>',
  ];
  expect(moveStyles(page.join("\n")).split("\n")).toEqual([
    "<head>",
    '  <link rel="icon" href="/icon.svg">',
    '</head><body><p>Loading</p><link rel="stylesheet" href="/a.css"><link rel="stylesheet" href="/b.css"><div id="root"></div></body>',
  ]);
});
