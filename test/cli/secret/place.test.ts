import { expect, test } from "vitest";
import { placeOf, showPlace } from "../../../packages/cli/src/secret/place.ts";
import { refusalOf } from "../../support/refusal.ts";

test.each([
  [{ scope: "platform" }, "the platform"],
  [{ scope: "project", project: "acme" }, "project acme"],
  [{ scope: "service", project: "acme", package: "report" }, "package acme/report"],
])("placeOf() takes %j", (options, shown) => {
  expect(showPlace(placeOf(options))).toBe(shown);
});

test.each([
  [{}, "Expected --scope platform, --scope project or --scope service"],
  [{ scope: "team" }, '--scope: expected platform, project or service, found "team"'],
  [{ scope: "platform", project: "acme" }, "--scope platform takes no --project and no --package"],
  [{ scope: "project" }, "--scope project needs --project"],
  [
    { scope: "project", project: "a", package: "b" },
    "--scope project takes no --package; for one package use --scope service",
  ],
  [{ scope: "service", project: "a" }, "--scope service needs --project and --package"],
])("placeOf() refuses %j and says what is missing", (options, sentence) => {
  expect(refusalOf(() => placeOf(options)).message).toBe(sentence);
});
