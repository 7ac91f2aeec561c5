import { type Environment, findOnPath } from "./find-on-path.ts";

/** The program that shows a page, where there is a desktop; undefined elsewhere, as over SSH or in CI. */
export async function findBrowser(environment: Environment, platform: NodeJS.Platform): Promise<string | undefined> {
  const chosen = environment["BROWSER"];
  if (chosen !== undefined && chosen !== "") return findOnPath(chosen, environment);
  if (platform === "darwin") return findOnPath("open", environment);
  const hasDesktop = Boolean(environment["DISPLAY"]) || Boolean(environment["WAYLAND_DISPLAY"]);
  return hasDesktop ? findOnPath("xdg-open", environment) : undefined;
}
