import { benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, limitRow, median, ratioRow } from "./row.ts";
import { openBenchBrowser, servePlain, signInOnce } from "./web-browser.ts";
import { busy, type Figures, ready, visit, type Visit } from "./web-visit.ts";

const rounds = 7;
const form = `<!doctype html><title>plain</title><main><h1>Sign in</h1><form><input name="token"></form></main>`;

/** How soon the first page can be used, and how much JavaScript that takes, each visit with a cold cache. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const browser = await openBenchBrowser();
  const plain = await servePlain(form);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const storageState = await signInOnce(browser, platform);
    const tokenField = "input[name=token]:enabled";
    const projects = { url: platform.url, control: `a[href="/projects/bench"]`, storageState };
    const signIn = { url: platform.url, control: tokenField };
    const visits: Record<"plain" | "signIn" | "projects" | "again", Visit[]> = {
      plain: [],
      signIn: [],
      projects: [],
      again: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      visits.plain.push(...(await visit(browser, { url: plain.url, control: tokenField })).slice(0, 1));
      visits.signIn.push(...(await visit(browser, signIn)).slice(0, 1));
      const [cold, warm] = await visit(browser, projects);
      if (cold !== undefined) visits.projects.push(cold);
      if (warm !== undefined) visits.again.push(warm);
    }
    return [
      limitRow(
        { what: "sign-in can be used, against a form without a script", ...ready(visits.signIn, visits.plain) },
        1_000,
      ),
      ratioRow({ what: "the page's thread until then", ...busy(visits.signIn, visits.plain) }, undefined),
      limitRow(
        { what: "signed in, the projects can be used, beside a second visit", ...ready(visits.projects, visits.again) },
        1_000,
      ),
      ratioRow({ what: "the page's thread until then", ...busy(visits.projects, visits.again) }, undefined),
      limitRow({ what: "JavaScript sent until sign-in can be used, beside unpacked", ...script(visits.signIn) }, 300),
      limitRow({ what: "the same until the projects can be used", ...script(visits.projects) }, 300),
    ];
  } finally {
    plain.close();
    await browser.close();
    await platform.stop();
    await folder.remove();
  }
}

function script(visits: readonly Visit[]): Figures {
  return {
    ours: median(visits.map(({ sentKibibytes }) => sentKibibytes)),
    alternative: median(visits.map(({ unpackedKibibytes }) => unpackedKibibytes)),
    unit: "KiB",
  };
}
