import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { hostilePlatform } from "../hostile-platform.ts";

test("findNames() sends what is looked for as it is, and only what is set", async () => {
  const found = { projects: [], packages: [{ project: "acme", package: "report", archived: false }], secrets: [] };
  const platform = hostilePlatform(() => found);
  const asked: string[] = [];
  const client = createClient({
    url: "http://platform.test",
    token: "the-token",
    fingerprint: platform.fingerprint,
    fetch: async (input, request) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return platform.fetch(input, request);
    },
  });
  expect(await client.findNames({ text: "a&b/c" })).toEqual(found);
  expect(asked.at(-1)).toBe("http://platform.test/api/v1/find?text=a%26b%2Fc");
  await client.findNames({ text: "x", near: "acme", archived: true, limit: 3 });
  expect(asked.at(-1)).toBe("http://platform.test/api/v1/find?text=x&near=acme&archived=true&limit=3");
});
