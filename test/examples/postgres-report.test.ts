import { readFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findDependencySettings } from "../../packages/cli/src/dev/dependency-settings.ts";
import { commandEnvironment } from "../support/dev-process.ts";
import { runSealrun } from "../support/run-command.ts";
import { freshDatabase } from "../support/servers.ts";
import { openStage, type Stage } from "../support/stage.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const example = `${repository}examples/postgres-report`;

let stage: Stage;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let entrance: Awaited<ReturnType<typeof openTcpEntrance>>;
beforeAll(async () => {
  database = await freshDatabase();
  const connection = await openDatabase({ config: database.address, applicationName: "test" });
  for (const statement of read("orders.sql").split(";")) if (statement.trim() !== "") await connection.run(statement);
  await connection.close();
  entrance = await openTcpEntrance(database.address);
  stage = await openStage({ env: await registryEnvironment() });
  await stage.must(["project", "create", "acme"]);
});
afterAll(async () => {
  await stage.close();
  await entrance.close();
  await database.drop();
});

describe("examples/postgres-report", () => {
  test("examples/postgres-report prints what a real PostgreSQL database holds, with pg from its lock file", async () => {
    const { port } = entrance;
    const { user, password, database: name } = database.address;
    const place = JSON.stringify({ host: "127.0.0.1", port, user, password, database: name });
    const [, block = ""] = /```sh\n([^`]*)```/.exec(read("README.md")) ?? [];
    for (const line of block.trim().split("\n")) {
      const [, ...args] = line.split(" ");
      const isRun = args[0] === "run";
      const result = await runSealrun([...args, ...(isRun ? ["--json"] : [])], {
        env: commandEnvironment(stage.folder),
        cwd: repository,
        stdin: args[0] === "secret" ? place : "",
      });
      expect(result.exitCode, `${line}\n${result.stdout}${result.stderr}`).toBe(0);
      if (!isRun) continue;
      const { id, steps, receipt } = JSON.parse(result.stdout);
      expect(`$ ${line}\n${steps[0].output}\n`).toBe(read("expected-output.txt"));
      expect(steps[0].result).toEqual({ regions: 3, total: 660 });
      expect(receipt).toMatchObject([{ name: "DATABASE", scope: "service", version: 2 }]);
      const lines = await stage.lines(id);
      expect(lines).toContain("system: Installing 14 packages of package-lock.json");
      expect(lines.join("\n")).not.toContain(password);
    }
  });

  test("examples/postgres-report has a lock file without addresses", () => {
    expect(read("package-lock.json")).not.toContain("resolved");
  });
});

function read(name: string): string {
  return readFileSync(`${example}/${name}`, "utf8");
}

/** The registry that this machine's own npm uses. */
async function registryEnvironment(): Promise<Readonly<Record<string, string>>> {
  const found = await findDependencySettings(process.env, () => undefined);
  return {
    npm_config_registry: found.npmRegistry,
    ...(found.extraCaFile === null ? {} : { NODE_EXTRA_CA_CERTS: found.extraCaFile }),
    ...(found.proxy.http === undefined ? {} : { HTTP_PROXY: found.proxy.http }),
    ...(found.proxy.https === undefined ? {} : { HTTPS_PROXY: found.proxy.https }),
    ...(found.proxy.except === undefined ? {} : { NO_PROXY: found.proxy.except }),
  };
}

/** The test's cluster listens only on a Unix socket, which a sandbox does not see: this forwards TCP to it. */
async function openTcpEntrance({ host, port }: { readonly host: string; readonly port: number }) {
  const server = createServer((client) => {
    const inner = connect(`${host}/.s.PGSQL.${port}`);
    pipeline(client, inner, client).catch(() => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    close: async (): Promise<void> => {
      server.close();
      await once(server, "close");
    },
  };
}
