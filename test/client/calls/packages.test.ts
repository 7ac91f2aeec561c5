import { decodeText, pushVersion } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { type HostilePlatform, hostilePlatform, textOf } from "../hostile-platform.ts";

const id = "pkg_00000000000000000000";
const project = { id: "prj_00000000000000000000", name: "acme" };
const input = {
  project: "acme",
  name: "report",
  files: [{ path: "lib/a b.ts", bytes: new TextEncoder().encode("1") }],
  secrets: new Map([["DB_PASS", "plain-value"]]),
  overwrite: true,
};

function push(platform: HostilePlatform): Promise<unknown> {
  const { fetch, fingerprint } = platform;
  return createClient({ url: "http://platform.test", token: "t", fingerprint, fetch }).pushPackage(input);
}

test("pushPackage() announces every file with its digest and sends the secrets sealed", async () => {
  const platform: HostilePlatform = hostilePlatform(({ method }) => {
    const key = platform.state({ scope: "service", ownerId: id });
    return method === "PUT" ? { id, name: "report", project, createdAt: "t", key, version: null } : {};
  });
  await rejectionOf(push(platform));
  const form = platform.seen.find(({ method }) => method === "POST")?.body;
  if (!(form instanceof FormData)) throw new TypeError("no form was sent");
  const announced = decodeText(pushVersion, textOf(form.get("version")));
  expect(announced.files).toEqual([
    { path: "lib/a b.ts", size: 1, sha256: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b" },
  ]);
  expect(announced.secrets.map(({ name }) => name)).toEqual(["DB_PASS"]);
  expect(announced.overwrite).toBe(true);
  expect(JSON.stringify(announced)).not.toContain("plain-value");
  const file = form.get("file");
  expect(file instanceof File ? file.name : file).toBe("lib/a b.ts");
});

test("pushPackage() seals nothing with the key of another package", async () => {
  const platform: HostilePlatform = hostilePlatform(() => {
    const key = platform.state({ scope: "service", ownerId: "pkg_11111111111111111111" });
    return { id, name: "report", project, createdAt: "t", key, version: null };
  });
  expect(await rejectionOf(push(platform))).toMatchObject({ code: "BAD_SIGNATURE" });
  expect(platform.seen.some(({ method }) => method === "POST")).toBe(false);
});
