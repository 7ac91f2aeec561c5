import type { PackageProblem } from "../problem.ts";
import { checkJavaScript } from "./check-javascript.ts";
import { checkPython } from "./check-python.ts";
import { loadScriptParser } from "./parse-script.ts";
import type { JudgedPackage } from "./scripts.ts";

/**
 * What the package's sources show before a run: JavaScript and TypeScript that does not parse, and imports that no run
 * would find. Each problem is `refused`, except a warning of files that are too large to be read.
 */
export async function checkSources(judged: JudgedPackage): Promise<readonly PackageProblem[]> {
  const hasScripts = judged.steps.some(({ script }) => /\.[cm]?[jt]s$/.test(script));
  const ofScripts = hasScripts ? checkJavaScript(judged, await loadScriptParser()) : [];
  return [...ofScripts, ...checkPython(judged)];
}
