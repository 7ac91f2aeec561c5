import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Connected } from "../../../../executor/src/child/network/egress.ts";
import { clientPrograms } from "../../../support/client-programs.ts";
import { freshDatabase } from "../../../support/servers.ts";
import { esbuild, runPackage } from "../../run-package.ts";
import { certificate, certificateKey } from "./certificate.ts";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));
const run = promisify(execFile);
const dialRules = { allowed: ["127.0.0.1"], refused: [], platformHosts: [], addressesOf: async () => ["127.0.0.1"] };

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("runStep() keeps TLS between a named host and curl, Node and Python, which check its certificate", async () => {
  const server = createTlsServer({ cert: certificate, key: certificateKey }, (_request, response) => {
    response.end("over TLS\n");
  });
  const port = await listen(server);
  const { python, own: found } = await clientPrograms();
  const own = { ...found, AT: `https://tls.example.test:${port}/`, NODE_EXTRA_CA_CERTS: "/work/ca.pem" };
  const script = `#!/bin/sh
set -e
curl -sS --cacert ca.pem $AT
node -e 'fetch(process.env.AT).then(async (page) => process.stdout.write(await page.text()))'
python3 -c 'import os, ssl, urllib.request; print(urllib.request.urlopen(os.environ["AT"], context=ssl.create_default_context(cafile="ca.pem")).read().decode(), end="")'
curl -sS $AT 2>/dev/null || echo "not trusted without it"
`;
  const files = { "main.sh": script, "ca.pem": certificate };
  const step = await runPackage({ files, own, python, network: [`tls.example.test:${port}`], dialRules });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(step).toMatchObject({ exitCode: 0, stdout: `${"over TLS\n".repeat(3)}not trusted without it\n` });
});

test("runStep() connects PostgreSQL's clients to a named host without a change", async () => {
  const { address, drop } = await freshDatabase();
  const server = createServer((client) => {
    const inner = connect(`${address.host}/.s.PGSQL.${address.port}`);
    pipeline(client, inner, client).catch(() => undefined);
  });
  const port = await listen(server);
  const { user, password, database } = address;
  const { python, own: found } = await clientPrograms();
  const own = {
    ...found,
    PGHOST: "db.example.test",
    PGPORT: `${port}`,
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  };
  const bundling = ["--bundle", "--platform=node", "--external:pg-native", "--external:cloudflare:sockets"];
  const client = run(esbuild, bundling, { cwd: repository, maxBuffer: 8_000_000 });
  client.child.stdin?.end(`const { Client } = require("pg");
const client = new Client();
client.connect().then(() => client.query("select 6 * 7 as answer")).then(({ rows }) => {
  console.log("pg", rows[0].answer);
  return client.end();
});`);
  const files = {
    "main.sh": "node client.cjs && psql -Atc \"select 'psql ' || 6 * 7\"",
    "client.cjs": (await client).stdout,
  };
  const connected: Connected[] = [];
  const step = await runPackage({
    files,
    own,
    python,
    network: [`db.example.test:${port}`],
    dialRules,
    onConnected: (seen) => void connected.push(...seen),
  });
  await new Promise((resolve) => server.close(resolve));
  await drop();
  expect(step).toMatchObject({ exitCode: 0, stderr: "", stdout: "pg 42\npsql 42\n" });
  expect(connected).toMatchObject([{ host: "db.example.test", outcome: "connected", address: "127.0.0.1" }]);
});
