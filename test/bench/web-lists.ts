import type { Database } from "@sealrun/postgres";
import { plainRun } from "../support/cost-of-runs.ts";
import { copyExecutions, copyPackages, spreadExecutions } from "../support/fill-project.ts";
import { howMany } from "./bench-cluster.ts";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, limitRow, ratioRow } from "./row.ts";
import { openBenchBrowser, signInOnce } from "./web-browser.ts";
import { busy, ready, visit, type Visit } from "./web-visit.ts";

const packages = howMany("LISTS_PACKAGES", 500);
const executions = howMany("LISTS_EXECUTIONS", 10_800);
const secrets = howMany("LISTS_SECRETS", 2_000);
const rounds = howMany("LISTS_ROUNDS", 5);

/** How soon the pages of a full project can be used, beside the same pages of a small one; each visit with a cold cache. */
export async function bench(): Promise<readonly BenchRow[]> {
  const small = await measure({ packages: 5, executions: 20, secrets: 2 });
  const full = await measure({ packages, executions, secrets });
  const rows = (what: string, of: keyof Visits): readonly BenchRow[] => [
    limitRow({ what: `${what} can be used, beside a small project's`, ...ready(full[of], small[of]) }, 1_000),
    ratioRow({ what: "the page's thread until then", ...busy(full[of], small[of]) }, 3),
  ];
  return [
    ...rows(`the home of a project with ${packages} packages and ${executions} executions`, "home"),
    ...rows(`the list of ${executions} executions`, "executions"),
    ...rows(`the list of ${secrets} secrets`, "secrets"),
    ...rows("the projects, with that project among them", "projects"),
  ];
}

type Visits = Readonly<Record<"home" | "executions" | "secrets" | "projects", readonly Visit[]>>;

/** Visits every page of a platform that is filled so, page by page in each round. */
async function measure(fill: {
  readonly packages: number;
  readonly executions: number;
  readonly secrets: number;
}): Promise<Visits> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const browser = await openBenchBrowser();
  const database = await platform.database();
  try {
    await fillProject(platform, database, fill);
    const storageState = await signInOnce(browser, platform);
    const look = async (path: string, control: string): Promise<readonly Visit[]> =>
      (await visit(browser, { url: `${platform.url}${path}`, control, storageState })).slice(0, 1);
    const visits = { home: [] as Visit[], executions: [] as Visit[], secrets: [] as Visit[], projects: [] as Visit[] };
    for (let round = 0; round < rounds; round += 1) {
      visits.home.push(...(await look("/projects/bench", "main li[data-index] a")));
      visits.executions.push(...(await look("/executions", "main tr[data-index] a")));
      visits.secrets.push(...(await look("/projects/bench/packages/many/secrets", "main [data-secret]")));
      visits.projects.push(...(await look("/", "a[href='/projects/bench']")));
    }
    return visits;
  } finally {
    await database.close();
    await browser.close();
    await platform.stop();
    await folder.remove();
  }
}

async function fillProject(
  platform: BenchPlatform,
  database: Database,
  fill: { readonly packages: number; readonly executions: number; readonly secrets: number },
): Promise<void> {
  await platform.sealrun(["project", "create", "bench"]);
  await platform.push("plain", plainRun);
  const model = await platform.start("plain");
  for await (const _ of platform.watch(model));
  const names = Array.from({ length: fill.secrets }, (_, index) => [`SECRET_${index}`, `value ${index}`]);
  await platform.push("many", { "main.sh": "true\n", "secrets.json": JSON.stringify(Object.fromEntries(names)) });
  await copyPackages(database, model, fill.packages);
  await copyExecutions(database, model, { from: 0, to: fill.executions });
  // Most packages of a large project run rarely or never.
  await spreadExecutions(database, Math.ceil(fill.packages / 10));
}
