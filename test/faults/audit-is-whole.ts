import { auditVerification } from "@sealrun/protocol";
import { z } from "zod";
import type { Cluster } from "../support/cluster.ts";
import { createClusterClient } from "../support/cluster-client.ts";
import { runSealrun } from "../support/run-command.ts";

/** I6: every attempt is in the platform's audit, and every granted one in the keyring's; neither chain has a gap. */
export async function auditIsWhole(cluster: Cluster): Promise<readonly string[]> {
  const [main, keyring] = [await cluster.database("main"), await cluster.database("keyring")];
  const attempt = z.object({ execution_id: z.string(), attempt: z.number() });
  const unclaimed = await main.rows(
    attempt,
    `select a.execution_id, a.attempt from attempts a where not exists (select from audit u
       where u.action = 'execution.claim' and u.object = a.execution_id and (u.detail ->> 'attempt')::int = a.attempt)`,
  );
  const granted = await main.rows(attempt, "select execution_id, attempt from attempts where granted_at is not null");
  const known = await keyring.rows(
    attempt,
    `select g.execution_id, g.attempt from grants g where exists (select from audit u
       where u.execution_id = g.execution_id and u.attempt = g.attempt)`,
  );
  const names = new Set(known.map(({ execution_id: id, attempt: number }) => `${id} ${number}`));
  const ungranted = granted.filter(({ execution_id: id, attempt: number }) => !names.has(`${id} ${number}`));
  return [
    ...(await chainsHold(cluster)),
    ...unclaimed.map(({ execution_id: id, attempt: number }) => `I6: no audit row of the claim of ${id} ${number}`),
    ...ungranted.map(
      ({ execution_id: id, attempt: number }) => `I6: the keyring's audit lacks the grant of ${id} ${number}`,
    ),
  ];
}

/** Every platform, which has seen a part of the chain before, and the keyring's command check the two audits. */
async function chainsHold(cluster: Cluster): Promise<readonly string[]> {
  const found: string[] = [];
  const { token, witness } = cluster;
  for (const [index, url] of cluster.urls.entries()) {
    if (cluster.platforms[index]?.pid() === undefined) continue;
    const { ask } = createClusterClient({ urls: [url], token, witness });
    const { checked, fault } = await ask(auditVerification, ["GET", "/audit/verification?full=true"]);
    if (fault !== null) found.push(`I6: the audit is broken (${fault.kind}): ${fault.sentence}`);
    if (checked === 0) found.push("I6: the chain of the audit is empty, so nothing was checked");
  }
  const [keyring] = cluster.keyrings;
  const args = ["keyring-audit", "--full", "--config", keyring?.configFile ?? ""];
  const { exitCode, stdout, stderr } = await runSealrun(args, { cwd: cluster.folder, env: {} });
  if (exitCode !== 0 || !/^verified [1-9]/.test(stdout)) found.push(`I6: sealrun keyring-audit: ${stdout}${stderr}`);
  return found;
}
