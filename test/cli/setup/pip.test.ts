import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPackageFetcher } from "../../../packages/cli/src/setup/fetch-package.ts";
import { findPip } from "../../../packages/cli/src/setup/pip.ts";
import { makeDebianRepository } from "../../support/debian-repository.ts";
import { programs } from "../../support/servers.ts";
import { newPerson, type Person } from "../run-here.ts";

const wheel = "usr/share/python-wheels/pip-23.0.1-py3-none-any.whl";
/** Interpreters that answer like one with pip, and like one without. */
const [withPip, withoutPip] = ["/usr/bin/true", "/usr/bin/false"];

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

async function find(interpreter: string, debian: Parameters<typeof makeDebianRepository>[1]) {
  // A machine on which nothing is installed.
  const folder = await person.write("machine", { "repository/.keep": "", status: "" });
  const statusFile = join(folder, "status");
  await mkdir(join(folder, "cache"));
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const environment = { PATH: "/usr/bin", APT_CONFIG: await makeDebianRepository(join(folder, "repository"), debian) };
  const packages = await createPackageFetcher({ cacheFolder: join(folder, "cache"), environment, log, statusFile });
  const python = { interpreter, mounts: [], environment: {} };
  const found = await findPip({
    bwrap: programs().bwrap,
    python,
    packages,
    log,
    installedWheels: join(folder, "wheels"),
  });
  await packages.close();
  return { found, lines };
}

describe("findPip()", () => {
  test("findPip() fetches nothing for a Python that has pip in the sandbox", async () => {
    expect(await find(withPip, [])).toEqual({ found: null, lines: [] });
  });

  test("findPip() fetches Debian's wheel for a Python without pip", async () => {
    const { found } = await find(withoutPip, [{ name: "python3-pip-whl", files: { [wheel]: "wheel" } }]);
    expect(found).toMatch(new RegExp(`/python3-pip-whl/${wheel.replaceAll(".", "\\.")}$`));
  });

  test("findPip() goes on without pip, and says what that means", async () => {
    const { found, lines } = await find(withoutPip, [{ name: "other", files: { "usr/share/other": "" } }]);
    expect(found).toBeNull();
    expect(lines.at(-1)).toMatch(/^Packages with a requirements\.txt cannot run: sealrun needs python3-pip-whl/);
  });
});
