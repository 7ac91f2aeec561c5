import { foundNames } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { toPlaces } from "../../../../packages/web/src/app/finder/found-places.ts";

test("toPlaces() gives each name its page, and each secret the page of its own scope", () => {
  const secret = { name: "DB_PASS", archived: false };
  const { projects, packages, secrets } = toPlaces(
    foundNames.parse({
      projects: [{ project: "acme", archived: false }],
      packages: [{ project: "acme", package: "report", archived: false }],
      secrets: [
        { ...secret, scope: "platform", project: null, package: null },
        { ...secret, scope: "project", project: "acme", package: null },
        { ...secret, scope: "service", project: "acme", package: "report" },
      ],
    }),
  );
  expect(projects).toEqual([{ label: "acme", description: "Project", to: "/projects/acme" }]);
  expect(packages).toMatchObject([
    { label: "report", description: "Package of acme", keywords: "acme/report", to: "/projects/acme/packages/report" },
  ]);
  expect(secrets.map(({ description, to }) => [description, to])).toEqual([
    ["Secret of the platform", "/vault/secrets?open=DB_PASS"],
    ["Secret of project acme", "/projects/acme/secrets?open=DB_PASS"],
    ["Secret of package report of acme", "/projects/acme/packages/report/secrets?open=DB_PASS"],
  ]);
});
