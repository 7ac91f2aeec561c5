import { createClient } from "@sealrun/client";
import { fail } from "node:assert/strict";
import type { Files, Stage } from "./stage.ts";
import { until } from "./until.ts";

/** What a demonstration left on a platform, for pages that need an address. */
export interface Demonstration {
  readonly project: string;
  readonly package: string;
  /** One execution of each of these ends and states. */
  readonly executions: Readonly<Record<"succeeded" | "failed" | "running" | "queued", string>>;
}

const project = "billing";

const send = `echo "Sending to the archive"
sealrun-context get ARCHIVE_KEY | wc -c
`;
const report: Files = {
  "1-collect.ts": `import { context, getSecret } from "@sealrun/sdk";
const days = Number(context.params.days ?? 7);
console.log("\\u001b[32mConnected\\u001b[0m to the ledger as report with", getSecret("LEDGER_PASSWORD"));
for (let day = 1; day <= days; day += 1) {
  console.log(\`day \${day}: \${(day * 137) % 89} invoices, \${(day * 7919) % 4000} EUR\`);
  if (day % 5 === 0) context.logging.warning(\`day \${day} has two invoices without an address\`);
}
context.result({ days, invoices: days * 41, customers: [{ name: "Müller AG", open: 3 }, { name: "Ngata Ltd", open: 0 }] });
`,
  "2-render.py": `from sealrun import context
print("Rendering", context.params.get("format", "pdf"))
context.logging.info("mailing through " + str(context.secrets.get("MAIL_KEY")))
context.result({"pages": 12, "file": "report.pdf"})
`,
  "3-send.sh": send,
  "secrets.json": { LEDGER_PASSWORD: "correct horse battery staple", LEDGER: { host: "ledger", user: "report" } },
  "parameters.json": {
    fields: [
      { type: "int", name: "days", label: "Days", default: 12, min: 1, max: 31, visible: true },
      {
        type: "select",
        name: "format",
        label: "Format",
        visible: true,
        choices: [
          { title: "PDF", value: "pdf" },
          { title: "Text", value: "txt" },
        ],
      },
      { type: "text", name: "note", label: "Note for the finance team" },
    ],
  },
  "manifest.json": {
    description: "Collects the invoices of some days and mails a report",
    tags: ["finance", "nightly"],
    schedule: "30 2 * * *",
  },
};

const packages: Readonly<Record<string, Files>> = {
  "nightly-report": report,
  "sync-customers": {
    "sync.py": `import time
from sealrun import context
for page in range(1, 6):
    print(f"page {page}: 100 customers")
    time.sleep(0.1)
raise ConnectionError("crm: the certificate has expired; key " + str(context.secrets.get("CRM_KEY")))
`,
    "secrets.json": { CRM_KEY: "crm-0123456789-abcdef" },
    "manifest.json": { description: "Copies customers from the CRM", tags: ["crm"] },
  },
  "import-statements": {
    "import.sh": `for line in $(seq 1 40); do echo "statement $line of 4000"; done
sleep 900`,
    "manifest.json": { description: "Reads the bank's statements, which takes a while" },
  },
  "train-forecast": {
    "train.py": `print("never runs: its pool has no executor")`,
    "manifest.json": { description: "Needs a graphics card", pool: "gpu" },
  },
};

/**
 * Puts a project with four packages, secrets in all scopes and about thirty executions of many kinds on a platform. One
 * execution goes on running and one stays queued.
 */
export async function layDemonstration(stage: Stage): Promise<Demonstration> {
  await stage.must(["project", "create", project]);
  await stage.must(["project", "create", "website"]);
  await stage.must(["secret", "set", "MAIL_KEY", "--scope", "platform"], { stdin: "mail-key-0123456789" });
  const inProject = ["--scope", "project", "--project", project];
  await stage.must(["secret", "set", "ARCHIVE_KEY", ...inProject], { stdin: "archive-key-0123456789" });
  await stage.must(["secret", "set", "ARCHIVE_KEY", ...inProject], { stdin: "archive-key-9876543210" });
  for (const [name, files] of Object.entries(packages)) await stage.push(`${project}/${name}`, files);
  const changed = { ...report, "3-send.sh": `${send}echo "Sent"\n` };
  await stage.push(`${project}/nightly-report`, changed);
  const executions = await runEverything(stage);
  return { project, package: "nightly-report", executions };
}

async function runEverything(stage: Stage): Promise<Demonstration["executions"]> {
  const { url, token, fingerprint } = stage;
  const client = createClient({ url, token, fingerprint });
  const start = async (name: string): Promise<string> =>
    (await client.startExecution({ project, package: name, params: name === "nightly-report" ? { days: 20 } : {} })).id;
  const started: { readonly name: string; readonly id: string }[] = [];
  for (let round = 0; round < 28; round += 1) {
    const name = round % 4 === 3 ? "sync-customers" : "nightly-report";
    started.push({ name, id: await start(name) });
  }
  const ended = new Set(["succeeded", "failed", "cancelled", "lost"]);
  for (const { id } of started) {
    await until(async () => (ended.has((await stage.show(id)).status) ? true : undefined));
  }
  const running = await start("import-statements");
  await until(async () => ((await stage.show(running)).status === "running" ? true : undefined));
  const lastOf = (name: string): string =>
    started.findLast((each) => each.name === name)?.id ?? fail(`nothing ran of ${name}`);
  return {
    succeeded: lastOf("nightly-report"),
    failed: lastOf("sync-customers"),
    running,
    queued: await start("train-forecast"),
  };
}
