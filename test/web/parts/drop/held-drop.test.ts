import { expect, test } from "vitest";
import { placeOf } from "../../../../packages/web/src/parts/drop/held-drop.ts";

test.each([
  ["/projects/acme", "/projects/acme"],
  ["/projects/acme/", "/projects/acme"],
  ["/projects/acme/upload", "/projects/acme"],
  ["/projects/acme/secrets", "/projects/acme/secrets"],
  ["/projects/acme/packages/report/secrets", "/projects/acme/packages/report/secrets"],
  ["/vault/secrets", "/vault/secrets"],
  ["/projects/acme/packages/report", undefined],
  ["/projects/acme/packages/report/run", undefined],
  ["/executions", undefined],
  ["/", undefined],
])("placeOf() gives what is dropped on %s to %s", (pathname, place) => expect(placeOf(pathname)).toBe(place));
