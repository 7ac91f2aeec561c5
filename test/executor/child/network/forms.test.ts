import { beforeAll, expect, test } from "vitest";
import { findForms } from "../../../../executor/src/child/network/forms.ts";
import { programs } from "../../../support/servers.ts";
import { isTunOpen } from "../../../support/tun.ts";
import { testRuntime } from "../../run-package.ts";

/** A sandbox of this machine, and settings that offer everything. */
const tried = (changes: object = {}) => {
  const { bwrap, slirp4netns } = programs();
  return {
    kind: "bubblewrap" as const,
    program: bwrap,
    allowsHost: true,
    slirp4netns: slirp4netns ?? undefined,
    ...changes,
  };
};

/** The device of slirp4netns may belong to root alone. */
let isDeviceOpen = false;
beforeAll(async () => {
  isDeviceOpen = await isTunOpen();
});

test("findForms() finds each form that this machine can enforce", async () => {
  const found = await findForms(tried(), testRuntime());
  expect(found.enforced).toEqual(["host", "none", "named", ...(isDeviceOpen ? ["outbound"] : [])]);
  expect(Object.keys(found.missing)).toEqual(isDeviceOpen ? [] : ["outbound"]);
});

test("findForms() offers the machine's network only where the settings allow it", async () => {
  const found = await findForms(tried({ allowsHost: false, slirp4netns: undefined }), testRuntime());
  expect(found.enforced).toEqual(["none", "named"]);
  expect(found.missing.outbound).toBe('slirp4netns is not installed; install it for the network "outbound"');
});

test("findForms() finds only the host's network without a sandbox, or with one that does not start", async () => {
  expect(await findForms(tried({ kind: "none" }), testRuntime())).toMatchObject({ enforced: ["host"] });
  const broken = await findForms(tried({ program: "/no/such/bwrap" }), testRuntime());
  expect(broken.enforced).toEqual(["host"]);
  expect(broken.missing.none).toContain("/no/such/bwrap cannot be started");
  expect(broken.missing.named).toBe("No sandbox can be started here");
});

test("findForms() finds no named hosts, and leaves no process, where their sockets cannot be made", async () => {
  const broken = { ...testRuntime(), node: "/no/such/node" };
  const found = await findForms(tried({ slirp4netns: undefined }), broken);
  expect(found.enforced).toEqual(["host", "none"]);
  expect(found.missing.named).toMatch(/^The sockets of named hosts could not be made \(nsenter: .*\/no\/such\/node/);
});

test("findForms() says why slirp4netns does not carry a sandbox", async () => {
  const found = await findForms(tried({ slirp4netns: "/usr/bin/false" }), testRuntime());
  expect(found.enforced).toEqual(["host", "none", "named"]);
  expect(found.missing.outbound).toMatch(/^The network "outbound" could not be made \(.*\); install slirp4netns/);
});
