import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@sealrun/postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Postgres, startPostgres } from "../../../packages/cli/src/servers/postgres.ts";
import { programs } from "../../support/servers.ts";

const open: Postgres[] = [];
let dataFolder = "";

async function start(folder = dataFolder): Promise<Postgres> {
  const postgres = await startPostgres({ programs: programs(), dataFolder: folder, isDurable: false });
  open.push(postgres);
  return postgres;
}

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterEach(async () => {
  for (const postgres of open.splice(0)) await postgres.stop();
});

afterAll(() => rm(dataFolder, { recursive: true, force: true }));

async function ask(config: Postgres["main"]): Promise<string> {
  const database = await openDatabase({ config, applicationName: "test" });
  try {
    const row = await database.row(z.object({ user: z.string() }), 'select current_user as "user"');
    return row?.user ?? "";
  } finally {
    await database.close();
  }
}

describe("startPostgres()", () => {
  test("startPostgres() gives each process its own role on a Unix socket", async () => {
    const postgres = await start();
    expect(await ask(postgres.main)).toBe("platform");
    expect(await ask(postgres.keyring)).toBe("keyring");
    expect((await stat(postgres.main.host)).mode & 0o777).toBe(0o700);
  });

  test("startPostgres() refuses each role the other's database", async () => {
    const postgres = await start();
    const other = { ...postgres.main, database: postgres.keyring.database };
    await expect(ask(other)).rejects.toThrow("permission denied");
    const reverse = { ...postgres.keyring, database: postgres.main.database };
    await expect(ask(reverse)).rejects.toThrow("permission denied");
  });

  test("startPostgres() refuses a wrong password", async () => {
    const postgres = await start();
    await expect(ask({ ...postgres.main, password: "wrong" })).rejects.toThrow();
  });

  test("startPostgres() keeps data and passwords from one start to the next", async () => {
    const first = await start();
    const one = await openDatabase({ config: first.main, applicationName: "test" });
    await one.run("create table kept (n int)");
    await one.close();
    await first.stop();
    const second = await start();
    const two = await openDatabase({ config: second.main, applicationName: "test" });
    expect(await two.rows(z.object({ n: z.number() }), "select n from kept")).toEqual([]);
    await two.close();
  });

  test("startPostgres() removes its socket folder when it stops", async () => {
    const postgres = await start();
    await postgres.stop();
    await expect(stat(postgres.main.host)).rejects.toThrow("ENOENT");
  });

  test("startPostgres() writes its passwords only for the owner and none into its log", async () => {
    const postgres = await start();
    const folder = join(dataFolder, "postgres");
    const files = (await readdir(folder)).filter((file) => file !== "cluster");
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o077, file).toBe(0);
    const log = await readFile(join(folder, "postgres.log"), "utf8");
    expect(log).not.toContain(postgres.main.password);
    expect(files).not.toContain("superuser.password");
  });

  test("startPostgres() puts no password on a command line", async () => {
    const postgres = await start();
    const pid = (await readFile(join(dataFolder, "postgres/cluster/postmaster.pid"), "utf8")).split("\n")[0] ?? "";
    const shown = (await readFile(`/proc/${pid}/cmdline`, "utf8")) + (await readFile(`/proc/${pid}/environ`, "utf8"));
    expect(shown).not.toContain(postgres.main.password);
    expect(shown).not.toContain(postgres.keyring.password);
  });

  test("startPostgres() says DATA_FOLDER_UNUSABLE when a live server holds the folder", async () => {
    await start();
    const second = startPostgres({ programs: programs(), dataFolder });
    await expect(second).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
      message: expect.stringContaining(dataFolder),
    });
  });

  test("startPostgres() is not misled by a stale pid file that names a live process of another kind", async () => {
    await start().then((postgres) => postgres.stop());
    const pidFile = join(dataFolder, "postgres/cluster/postmaster.pid");
    await writeFile(pidFile, `${process.pid}\n/gone\n1\n5432\n/tmp/gone\n\n  1 1\nready   \n`);
    const postgres = await start();
    expect(await ask(postgres.main)).toBe("platform");
  });

  test("startPostgres() names a data folder that cannot be made", async () => {
    const starting = startPostgres({ programs: programs(), dataFolder: "/proc/nowhere" });
    await expect(starting).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
      message: expect.stringContaining("/proc/nowhere"),
    });
  });

  test("startPostgres() names a data folder that is a file's", async () => {
    const file = join(dataFolder, "a-file");
    await writeFile(file, "");
    const starting = startPostgres({ programs: programs(), dataFolder: join(file, "data") });
    await expect(starting).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
      message: expect.stringContaining(file),
    });
  });

  test("startPostgres() lets two first starts on one folder end with one cluster", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
    const results = await Promise.allSettled([start(folder), start(folder)]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const postgres of open.splice(0)) await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
});
