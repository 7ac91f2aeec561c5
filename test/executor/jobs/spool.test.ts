import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, newId, spoolKey } from "@sealrun/crypto";
import { executionId } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { openSpool, type Spool, type SpooledEnd } from "../../../executor/src/jobs/spool.ts";
import { codeOf } from "../../support/executions-world.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const identity = generateIdentity(newId("executor"));
const spoolIn = (folder: string, of = identity): Spool => openSpool({ folder, key: spoolKey(of), executorId: of.id });
const endOf = (text: string): SpooledEnd => ({
  finish: { executionId: executionId.parse(newId("execution")), attempt: 3, status: "succeeded", lastSequence: 2 },
  chunks: [{ sequence: 2, items: [{ type: "log", step: 0, stream: "stdout", text, time: 1 }] }],
});

describe("openSpool()", () => {
  it("gives back what was written, also to the next process, until it is removed", async () => {
    await using root = await temporaryFolder();
    const folder = join(root.path, "spool");
    const end = endOf("a masked line");
    await spoolIn(folder).write(end);
    const next = spoolIn(folder);
    const held = { executionId: end.finish.executionId, attempt: 3 };
    expect(await next.list()).toEqual([held]);
    expect(await next.read(held)).toEqual(end);
    await next.remove(held);
    expect(await next.list()).toEqual([]);
  });

  it("writes nothing in the clear, for nobody else", async () => {
    await using root = await temporaryFolder();
    const folder = join(root.path, "spool");
    await spoolIn(folder).write(endOf("canary-of-a-line"));
    const [name = ""] = await readdir(folder);
    const file = join(folder, name);
    expect((await readFile(file)).includes("canary-of-a-line")).toBe(false);
    expect([(await stat(file)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it("refuses another executor's file, one that was changed, and one under another attempt's name", async () => {
    await using root = await temporaryFolder();
    const end = endOf("line");
    const held = { executionId: end.finish.executionId, attempt: 3 };
    await spoolIn(root.path).write(end);
    const other = generateIdentity(newId("executor"));
    expect(await codeOf(spoolIn(root.path, other).read(held))).toBe("WRONG_KEY_OR_CONTEXT");
    const file = join(root.path, `${held.executionId}.3.end`);
    const bytes = await readFile(file);
    await writeFile(join(root.path, `${held.executionId}.4.end`), bytes);
    expect(await codeOf(spoolIn(root.path).read({ ...held, attempt: 4 }))).toBe("WRONG_KEY_OR_CONTEXT");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await codeOf(spoolIn(root.path).read(held))).toBe("TAMPERED");
  });

  it("leaves a half-written file out, and a folder that is not there is empty", async () => {
    await using root = await temporaryFolder();
    expect(await spoolIn(join(root.path, "nowhere")).list()).toEqual([]);
    await writeFile(join(root.path, `${newId("execution")}.1.end.new`), "half");
    expect(await spoolIn(root.path).list()).toEqual([]);
  });
});
