import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPackageFetcher } from "../../../packages/cli/src/setup/fetch-package.ts";
import { findSlirp } from "../../../packages/cli/src/setup/slirp.ts";
import { binWith } from "../../support/bin-with.ts";
import { makeDebianRepository } from "../../support/debian-repository.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

async function find(
  debian: Parameters<typeof makeDebianRepository>[1],
  given: { device?: string; path?: string } = {},
) {
  const folder = await person.write("machine", { "repository/.keep": "", status: "" });
  await mkdir(join(folder, "cache"));
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const path = given.path ?? (await binWith(folder, "empty", ""));
  const environment = {
    PATH: `${path}:/usr/bin`,
    APT_CONFIG: await makeDebianRepository(join(folder, "repository"), debian),
  };
  const statusFile = join(folder, "status");
  const packages = await createPackageFetcher({ cacheFolder: join(folder, "cache"), environment, log, statusFile });
  const found = await findSlirp({ environment, packages, log, device: given.device ?? "/dev/null" });
  await packages.close();
  return { found, lines };
}

describe("findSlirp()", () => {
  test("findSlirp() fetches nothing for a user who may not open the device", async () => {
    expect(await find([], { device: "/no/such/device" })).toEqual({ found: null, lines: [] });
  });

  test("findSlirp() takes the program that is installed", async () => {
    const path = await binWith(await person.write("own", {}), "slirp4netns", "#!/bin/sh\n");
    expect(await find([], { path })).toEqual({ found: join(path, "slirp4netns"), lines: [] });
  });

  test("findSlirp() fetches Debian's package", async () => {
    const files = { "usr/bin/slirp4netns": "program" };
    expect((await find([{ name: "slirp4netns", files }])).found).toMatch(/\/slirp4netns\/usr\/bin\/slirp4netns$/);
  });

  test("findSlirp() goes on without it, and says what that means", async () => {
    const { found, lines } = await find([{ name: "other", files: { "usr/share/other": "" } }]);
    expect(found).toBeNull();
    expect(lines.at(-1)).toMatch(/^Scripts cannot have the network "outbound": sealrun needs slirp4netns/);
  });
});
