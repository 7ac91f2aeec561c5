import { expect, test } from "vitest";
import { createClient } from "../../packages/client/src/client.ts";
import { rejectionOf } from "../support/refusal.ts";
import { hostilePlatform } from "./hostile-platform.ts";

const calls: Readonly<Record<string, (client: ReturnType<typeof createClient>) => Promise<unknown>>> = {
  listProjects: async (client) => client.listProjects(),
  createProject: async (client) => client.createProject("acme"),
  getPackage: async (client) => client.getPackage("acme", "report"),
  pushPackage: async (client) =>
    client.pushPackage({ project: "acme", name: "report", files: [], secrets: new Map(), overwrite: false }),
  setSecrets: async (client) => client.setSecrets({ scope: "platform" }, new Map([["A", "x"]])),
  startExecution: async (client) => client.startExecution({ project: "acme", package: "report" }),
  watchExecution: async (client) => client.watchExecution("exe_x", { onEvent: () => undefined }),
};

test.each(Object.entries(calls))(
  "createClient().%s() sends no token to a keyring that is not pinned",
  async (_, call) => {
    const platform = hostilePlatform(() => ({}));
    const { fingerprint } = hostilePlatform(() => ({}));
    const client = createClient({
      url: "http://platform.test/",
      token: "secret-token",
      fingerprint,
      fetch: platform.fetch,
    });
    expect(await rejectionOf(call(client))).toMatchObject({ code: "FINGERPRINT_MISMATCH" });
    expect(platform.seen.map(({ path }) => path)).toEqual(["/platform"]);
    expect(platform.seen.some(({ headers }) => headers.has("authorization"))).toBe(false);
  },
);
