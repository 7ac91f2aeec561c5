import { errorCodes, isErrorCode } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { readGuides } from "../../../../packages/web/build/read-guides.ts";
import { helpForCode } from "../../../../packages/web/src/parts/page/help-for-code.ts";
import { repository } from "../../../docs/pages.ts";

test("helpForCode() leads to existing guides and headings", async () => {
  const { entries } = await readGuides(`${repository}packages/docs`);
  const codes = Object.keys(errorCodes).filter(isErrorCode);
  const places = codes.map(helpForCode).filter((place) => place !== undefined);
  expect(places.length).toBeGreaterThan(25);
  const wrong = places.filter((place) => {
    const [name, id] = place.split("#");
    const headings = entries.find((entry) => entry.name === name)?.headings;
    return headings === undefined || (id !== undefined && !headings.some((heading) => heading.id === id));
  });
  expect(wrong).toEqual([]);
});

test("helpForCode() is undefined for an error whose sentence says everything", () => {
  expect(helpForCode("CANCELLED")).toBeUndefined();
});
