import { fromBase64, newId } from "@sealrun/crypto";
import { openDatabase } from "@sealrun/postgres";
import { type ExecutionEvent, SealrunError } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openGrant } from "../../../executor/src/supervisor/grants/open-grant.ts";
import { makePackage, plainForm, send } from "../../support/api.ts";
import { codeOf } from "../../support/executions-world.ts";
import { enrolPeer, type ExecutorPeer } from "../../support/executor-peer.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

let world: TwoExecutorsWorld;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
});
afterAll(async () => {
  await world.close();
});

/** Claims events in one request, and tells for each whether it was granted or why not. */
async function claimAll(peer: ExecutorPeer, events: readonly ExecutionEvent[]): Promise<readonly string[]> {
  const answers = await peer.claimAll(events.map((event) => ({ event, requestId: newId("request") })));
  return answers.map((one) => (one instanceof SealrunError ? one.code : "granted"));
}

/** The next event of a project: one that was given back before may come again first. */
async function takeOf(project: string): Promise<ExecutionEvent> {
  for (;;) {
    const { event, message } = await world.peer.take();
    message.done();
    if (event.project.name === project) return event;
  }
}

const statesOf = async (events: readonly ExecutionEvent[]): Promise<readonly unknown[]> =>
  Promise.all(events.map(async ({ executionId }) => (await world.show(executionId)).status));

/** Lets the lease of its next attempt be over as soon as it begins: the keyring's grant comes too late for it. */
async function expireLeaseOf(event: ExecutionEvent | undefined): Promise<() => Promise<void>> {
  await world.database.run(
    `create or replace function expire() returns trigger language plpgsql as
     $$ begin new.lease_until = clock_timestamp() - interval '1 ms'; return new; end $$`,
  );
  await world.database.run(
    `create trigger expire before insert on attempts for each row
     when (new.execution_id = '${event?.executionId ?? ""}') execute function expire()`,
  );
  return async () => void (await world.database.run("drop trigger expire on attempts"));
}

test("giveGrants() gives back only the claims that the keyring refuses, each with its reason", async () => {
  await world.push("keyless", { "main.sh": "true\n", "secrets.json": '{"LOST":"x"}' });
  const events = [await world.take("report"), await world.take("keyless"), await world.take("report")];
  const keys = await openDatabase({ config: world.platform.keyringConfig.postgres, applicationName: "test" });
  const owner = events[1]?.package.id;
  expect(await keys.run("delete from scope_keys where scope = 'service' and owner_id = $1", [owner])).toBe(1);
  await keys.close();
  expect(await claimAll(world.peer, events)).toEqual(["granted", "KEY_NOT_FOUND", "granted"]);
  expect(await statesOf(events)).toEqual(["running", "queued", "running"]);
  const refused = await world.show(events[1]?.executionId ?? "");
  expect(refused.waiting).toContain("The keyring refused it");
  expect(refused.attempts).toMatchObject([{ attempt: 1, end: "given-back" }]);
});

test("giveGrants() grants what an executor may run, beside a project that it may not", async () => {
  const allowed = await world.take("report");
  await makePackage(world.platform, "elsewhere", "report");
  const pushed = await send(world.platform, "POST", "/projects/elsewhere/packages/report/versions", {
    body: plainForm({ "main.sh": "true\n" }),
  });
  expect(pushed.ok).toBe(true);
  const started = await send(world.platform, "POST", "/projects/elsewhere/packages/report/executions");
  expect(started.ok).toBe(true);
  const foreign = await takeOf("elsewhere");
  const bound = await enrolPeer(world.platform, { projects: [allowed.project.id] });
  const events = [foreign, allowed];
  expect(await claimAll(bound, events)).toEqual(["NOT_ENROLLED", "granted"]);
  expect(await statesOf(events)).toEqual(["queued", "running"]);
  await bound.close();
});

test("giveGrants() hands out none of the attempts that ended during the request to the keyring", async () => {
  const events = [await world.take("report"), await world.take("report")];
  const claims = events.map((event) => ({ event, requestId: newId("request") }));
  const restore = await expireLeaseOf(events[0]);
  const reply = await world.peer.rpc.claim({
    claims: claims.map(({ event: { executionId, generation }, requestId }) => ({ executionId, generation, requestId })),
  });
  await restore();
  expect(reply.claims).toMatchObject([
    { ok: false, error: { code: "LEASE_LOST" } },
    { ok: true, attempt: 1 },
  ]);
  // Its keys do not leave the platform either, though the keyring had granted it.
  const { identity, keyring } = world.peer.state;
  const open = (event: ExecutionEvent | undefined) => {
    if (event === undefined) throw new TypeError("no event was taken");
    const trust = { keyring, executorId: identity.id, box: identity.box, attempt: 1 };
    return openGrant(fromBase64(reply.grants ?? ""), event, trust);
  };
  expect(() => open(events[0])).toThrow("holds no grant of this execution");
  expect(open(events[1]).secrets.map(({ name }) => name)).toEqual(["DB_PASS"]);
  expect(await statesOf(events)).toEqual(["queued", "running"]);
});

test("giveGrants() leaves a claim undecided when the keyring does not answer the second question about it", async () => {
  const events = [await world.take("report"), await world.take("report")];
  const claims = events.map(({ executionId, generation }) => ({
    executionId,
    generation,
    requestId: newId("request"),
  }));
  const restore = await expireLeaseOf(events[0]);
  const keys = await openDatabase({ config: world.platform.keyringConfig.postgres, applicationName: "test" });
  await keys.run(
    `create function refuse_again() returns trigger language plpgsql as $$ begin
       if exists (select from audit where action = 'grant' and execution_id = new.execution_id) then
         raise exception 'not a second time';
       end if;
       return new; end $$`,
  );
  await keys.run("create trigger refuse_again before insert on audit for each row execute function refuse_again()");
  expect(await codeOf(world.peer.rpc.claim({ claims }))).toBe("PLATFORM_UNREACHABLE");
  await keys.run("drop trigger refuse_again on audit");
  await keys.close();
  await restore();
  // The executor asks again under the same ids.
  const reply = await world.peer.rpc.claim({ claims: claims.slice(1) });
  expect(reply.claims).toMatchObject([{ ok: true, attempt: 1 }]);
  expect((await statesOf(events))[1]).toBe("running");
});
