import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { hostilePlatform } from "../hostile-platform.ts";

const limits = { executionsDays: 90, logsDays: 30 };
const ofPlatform = { ...limits, startsAt: null, projects: [] };
const ofProject = { ...limits, from: "platform", startsAt: null };

test("getRetention(), setRetention() and previewRetention() ask about the platform or one project", async () => {
  const answers: Readonly<Record<string, unknown>> = {
    "/platform/retention": ofPlatform,
    "/platform/retention/preview": { executions: 1, logs: 2 },
    "/projects/acme/retention": ofProject,
    "/projects/acme/retention/preview": { executions: 3, logs: 4 },
  };
  const { fetch, fingerprint } = hostilePlatform(({ path }) => answers[path]);
  const client = createClient({ url: "http://platform.test", token: "t", fingerprint, fetch });
  expect(await client.getRetention()).toEqual(ofPlatform);
  expect(await client.setRetention(limits)).toEqual(ofPlatform);
  expect(await client.getProjectRetention("acme")).toEqual(ofProject);
  expect(await client.setProjectRetention("acme", limits)).toEqual(ofProject);
  expect(await client.setProjectRetention("acme", null)).toEqual(ofProject);
  expect(await client.previewRetention(null, limits)).toEqual({ executions: 1, logs: 2 });
  expect(await client.previewRetention("acme", limits)).toEqual({ executions: 3, logs: 4 });
});
