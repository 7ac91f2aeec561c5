import { expect, test } from "vitest";
import { isOpenToGuests } from "../../../../packages/web/src/app/session/open-to-guests.ts";

test("isOpenToGuests() opens only the guides", () => {
  for (const open of ["/guides", "/guides/", "/guides/secrets", "/guides/reference/limits"]) {
    expect(isOpenToGuests(open), open).toBe(true);
  }
  for (const closed of ["/", "/guidesecrets", "/executions", "/projects/guides", "/projects/acme/guides", "//guides"]) {
    expect(isOpenToGuests(closed), closed).toBe(false);
  }
});
