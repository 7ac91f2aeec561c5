import { executionInfo, sentEvent } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
  const manifest = JSON.stringify({ trigger_events: ["order.paid"] });
  const folder = await used.person.write("ship", { "main.sh": "true\n", "manifest.json": manifest });
  expect(await used.person.run(["push", folder, "--project", "acme"])).toMatchObject({ exitCode: 0 });
});
afterAll(async () => used.close());

const send = async (args: readonly string[], stdin?: string) => used.person.run(["event", "send", ...args], stdin);

test("sealrun event send starts the packages that wait, with sealed data from standard input", async () => {
  const { stdout } = await send(
    ["order.paid", "--project", "acme", "--data", "-", "--source", "till", "--reference", "7", "--json"],
    '{"order": "canary-order"}',
  );
  const { started } = sentEvent.parse(JSON.parse(stdout));
  expect(started).toHaveLength(1);
  const shown = (await used.person.run(["execution", "show", started[0] ?? "", "--json"])).stdout;
  expect(executionInfo.parse(JSON.parse(shown)).trigger).toMatchObject({ kind: "event", source: "till" });
  expect(shown).not.toContain("canary-order");
  const { stdout: told } = await used.person.run(["execution", "show", started[0] ?? ""]);
  expect(told).toMatch(/ {2}created .*, by evt_\w{20}: order\.paid from till\n/);
  expect((await send(["order.paid", "--project", "acme"])).stdout).toMatch(/^sent evt_\w{20}\nstarted exe_\w{20}\n$/);
});

test("sealrun event send says when no package lists the type, and what is wrong with the rest", async () => {
  const nobody = await send(["nobody.waits", "--project", "acme"]);
  expect(nobody).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("trigger_events") });
  expect(await send(["a", "--project", "acme", "--data", "-"], "[1]")).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("one JSON object"),
  });
  expect(await send(["a", "--project", "acme", "--data", "-"], '{"order": 9223372036854775808}')).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("standard input:1:11: order: expected an integer that keeps its value"),
  });
  expect(await send(["a\nb", "--project", "acme"])).toMatchObject({ exitCode: 64 });
  expect(await send(["a", "--project", "acme", "--source", ""])).toMatchObject({ exitCode: 64 });
  expect(await send(["a", "--project", "none-such"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("project create"),
  });
});
