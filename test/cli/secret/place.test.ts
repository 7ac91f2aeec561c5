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
  [{}, "Expected --scope platform or --project, or a project chosen with: sealrun project use NAME"],
  [{ package: "b" }, "--scope service needs --project and --package"],
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

test.each([
  [{}, "project acme"],
  [{ project: "beta" }, "project beta"],
  [{ package: "report" }, "package acme/report"],
  [{ scope: "project" }, "project acme"],
  [{ scope: "service", package: "report" }, "package acme/report"],
  [{ scope: "platform" }, "the platform"],
])("placeOf() completes %j with the chosen project", (options, shown) => {
  expect(showPlace(placeOf(options, "acme"))).toBe(shown);
});
