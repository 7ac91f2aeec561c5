import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findDependencySettings } from "../../../packages/cli/src/dev/dependency-settings.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

const lines: string[] = [];

function find(environment: Readonly<Record<string, string>>) {
  lines.splice(0);
  return findDependencySettings(environment, (line) => void lines.push(line));
}

describe("findDependencySettings()", () => {
  test("findDependencySettings() reads npm's and pip's own files, and variables before them", async () => {
    const home = await person.write("home", {
      ".npmrc": "audit=false\nregistry = https://npm.example/\n",
      ".config/pip/pip.conf": "[global]\nindex-url = https://pypi.example/simple\n",
    });
    expect(await find({ HOME: home })).toMatchObject({
      npmRegistry: "https://npm.example/",
      pipIndexUrl: "https://pypi.example/simple",
    });
    const variables = { npm_config_registry: "http://127.0.0.1:4873/", PIP_INDEX_URL: "http://127.0.0.1:4874/simple" };
    expect(await find({ HOME: home, ...variables })).toMatchObject({
      npmRegistry: variables.npm_config_registry,
      pipIndexUrl: variables.PIP_INDEX_URL,
    });
  });

  test("findDependencySettings() uses no address that holds a password, and does not show it", async () => {
    const found = await find({ npm_config_registry: "https://me:password-of-mine@npm.example/" });
    expect(found.npmRegistry).toBe("https://registry.npmjs.org/");
    expect(lines).toEqual([expect.stringMatching(/^npm's registry holds a password/)]);
    expect(lines.join()).not.toContain("password-of-mine");
  });

  test("findDependencySettings() takes proxies in either spelling, and a file of certificates that can be read", async () => {
    const home = await person.write("home", { "ca.pem": "" });
    const environment = { HTTPS_PROXY: "http://p:1", no_proxy: "localhost", NODE_EXTRA_CA_CERTS: join(home, "ca.pem") };
    expect(await find(environment)).toMatchObject({
      proxy: { https: "http://p:1", except: "localhost" },
      extraCaFile: join(home, "ca.pem"),
    });
    expect((await find({ NODE_EXTRA_CA_CERTS: join(home, "gone.pem") })).extraCaFile).toBeNull();
  });
});
