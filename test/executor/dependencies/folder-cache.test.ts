import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { openFolderCache } from "../../../executor/src/dependencies/folder-cache.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const never = new AbortController().signal;

function keyOf(letter: string): string {
  return `npm-${letter.repeat(64)}`;
}

function makes(bytes: number) {
  return async (_: string, content: string): Promise<{ readonly bytes: number }> => {
    await writeFile(join(content, "file"), "x".repeat(bytes));
    return { bytes };
  };
}

async function refuseToMake(): Promise<never> {
  throw new SealrunError("DEPENDENCIES_FAILED", "no");
}

test("acquire() makes a folder once and gives it to every caller", async () => {
  await using root = await temporaryFolder();
  const cache = await openFolderCache(root.path, 1_000);
  const first = await cache.acquire(keyOf("a"), makes(10), never);
  const second = await cache.acquire(keyOf("a"), refuseToMake, never);
  expect(second.path).toBe(first.path);
  expect(await readdir(first.path)).toEqual(["file"]);
});

test("acquire() keeps nothing of a failed install, and makes the folder at the next call", async () => {
  await using root = await temporaryFolder();
  const cache = await openFolderCache(root.path, 1_000);
  const halfway = async (folder: string, content: string): Promise<never> => {
    await writeFile(join(folder, "half"), "");
    await writeFile(join(content, "half"), "");
    return refuseToMake();
  };
  expect((await rejectionOf(cache.acquire(keyOf("a"), halfway, never))).code).toBe("DEPENDENCIES_FAILED");
  expect(await readdir(root.path)).toEqual([]);
  expect(await readdir((await cache.acquire(keyOf("a"), makes(1), never)).path)).toEqual(["file"]);
});

test("acquire() makes the folder when the run that it waited for was cancelled, and shares every other failure", async () => {
  await using root = await temporaryFolder();
  const cache = await openFolderCache(root.path, 1_000);
  const started = Promise.withResolvers<void>();
  const end = Promise.withResolvers<never>();
  const slow = async (): Promise<never> => {
    started.resolve();
    return end.promise;
  };
  const first = rejectionOf(cache.acquire(keyOf("a"), slow, never));
  await started.promise;
  const second = cache.acquire(keyOf("a"), makes(1), never);
  end.reject(new SealrunError("CANCELLED", ""));
  expect((await first).code).toBe("CANCELLED");
  expect(await readdir((await second).path)).toEqual(["file"]);

  const both = [cache.acquire(keyOf("b"), refuseToMake, never), cache.acquire(keyOf("b"), refuseToMake, never)];
  for (const one of both.map(rejectionOf)) expect((await one).code).toBe("DEPENDENCIES_FAILED");
});

test("acquire() stops waiting when its own run is ended", async () => {
  await using root = await temporaryFolder();
  const cache = await openFolderCache(root.path, 1_000);
  const ended = Promise.withResolvers<{ readonly bytes: number }>();
  const started = Promise.withResolvers<void>();
  const first = cache.acquire(
    keyOf("a"),
    async () => {
      started.resolve();
      return ended.promise;
    },
    never,
  );
  await started.promise;
  const waiting = new AbortController();
  const second = rejectionOf(cache.acquire(keyOf("a"), makes(1), waiting.signal));
  waiting.abort();
  expect((await second).code).toBe("CANCELLED");
  ended.resolve({ bytes: 1 });
  await first;
});

test("acquire() removes the longest unused folders above the limit, and none in use", async () => {
  await using root = await temporaryFolder();
  const cache = await openFolderCache(root.path, 25);
  const inUse = await cache.acquire(keyOf("a"), makes(10), never);
  await (await cache.acquire(keyOf("b"), makes(10), never)).release();
  await (await cache.acquire(keyOf("c"), makes(10), never)).release();
  expect((await readdir(root.path)).toSorted()).toEqual([keyOf("a"), keyOf("c")]);
  await inUse.release();
  await cache.acquire(keyOf("d"), makes(10), never);
  expect((await readdir(root.path)).toSorted()).toEqual([keyOf("c"), keyOf("d")]);
});

test("openFolderCache() removes incomplete folders of processes that are gone", async () => {
  await using root = await temporaryFolder();
  await mkdir(join(root.path, "new-4194304.1-abcdef/work"), { recursive: true });
  await openFolderCache(root.path, 1_000);
  expect(await readdir(root.path)).toEqual([]);
});

test("acquire() ignores the uses of a process that is gone", async () => {
  await using root = await temporaryFolder();
  const cache = await openFolderCache(root.path, 10);
  const { path, release } = await cache.acquire(keyOf("a"), makes(10), never);
  await release();
  await writeFile(join(path, "../uses/4194304.1-req_1"), "");
  await cache.acquire(keyOf("b"), makes(10), never);
  expect(await readdir(root.path)).toEqual([keyOf("b")]);
});

test("acquire() and an eviction of another process never meet in one folder", async () => {
  await using root = await temporaryFolder();
  const [small, other] = [await openFolderCache(root.path, 0), await openFolderCache(root.path, 1_000_000)];
  // Each process that makes something removes what is over its limit, while the other one uses it.
  let made = 0;
  const over = new AbortController();
  const evictor = async (): Promise<void> => {
    for (; !over.signal.aborted; made += 1) {
      const key = `npm-${String(made % 4).repeat(64)}`;
      await (await small.acquire(key, makes(1), never)).release();
    }
  };
  const evicting = evictor();
  let met = 0;
  for (let tries = 0; tries < 400; tries += 1) {
    const used = await other.use(`npm-${String(tries % 4).repeat(64)}`);
    if (used === undefined) continue;
    met += 1;
    for (let look = 0; look < 3; look += 1) expect(await readdir(used.path)).toEqual(["file"]);
    await used.release();
  }
  over.abort();
  await evicting;
  expect(met).toBeGreaterThan(0);
});

test("use() waits for a process that is removing the folder, and not for one that is gone", async () => {
  await using root = await temporaryFolder();
  const cache = await openFolderCache(root.path, 1_000);
  const { path, release } = await cache.acquire(keyOf("a"), makes(1), never);
  await release();
  const removals = join(path, "../removals");
  await mkdir(removals);
  await writeFile(join(removals, "4194304.1-req_1"), "");
  expect((await cache.use(keyOf("a")))?.path).toBe(path);
  const own = await readdir(join(path, "../uses"));
  const mark = own[0]?.split("-")[0] ?? "";
  await writeFile(join(removals, `${mark}-req_2`), "");
  const waiting = cache.use(keyOf("a"));
  let hasWaited = true;
  const looked = waiting.then(() => (hasWaited = false));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(hasWaited).toBe(true);
  await rm(join(removals, `${mark}-req_2`));
  await looked;
  expect((await waiting)?.path).toBe(path);
});
