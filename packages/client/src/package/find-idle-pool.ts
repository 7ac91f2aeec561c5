import {
  defaultPool,
  describeRequired,
  describeUnenforced,
  formOf,
  type Manifest,
  type PoolInfo,
  type ProjectInfo,
  reachesLevel,
} from "@sealrun/protocol";
import type { Operation } from "../calls/operation.ts";
import type { Projects } from "../calls/projects.ts";
import type { PackageProblem } from "./problem.ts";

/**
 * A warning when the pool that would run the package has no executor, or none with the sandbox or the network that the
 * package needs in its project; undefined when it has one.
 */
export async function findIdlePool(
  client: Pick<Operation, "pools"> & Pick<Projects, "listProjects">,
  manifest: Manifest | undefined,
  project: string,
): Promise<PackageProblem | undefined> {
  const name = manifest?.pool ?? defaultPool;
  const [pools, projects] = await Promise.all([client.pools(), client.listProjects()]);
  const used = pools.find((pool) => pool.name === name && pool.executors > 0);
  if (used !== undefined) {
    const known = projects.find((one) => one.name.toLowerCase() === project.toLowerCase());
    return findWeakPool(used, known, manifest) ?? findClosedPool(used, known, manifest);
  }
  const others = pools.filter(({ executors }) => executors > 0).map((pool) => pool.name);
  const advice = others.length === 0 ? "" : `; pools with executors: ${others.slice(0, 5).join(", ")}`;
  const message = `pool ${name} has no executors, so a run waits until one is started${advice}`;
  const file = manifest?.pool === undefined ? null : "manifest.json";
  return { code: null, level: "warning", file, line: null, message };
}

function findWeakPool(
  { name, sandbox }: PoolInfo,
  project: ProjectInfo | undefined,
  manifest: Manifest | undefined,
): PackageProblem | undefined {
  const least = project?.minSandbox ?? "none";
  if (project === undefined || reachesLevel(sandbox, least)) return undefined;
  const message = `project ${project.name} requires the sandbox level ${least} and pool ${name} reaches only ${sandbox ?? "none"}, so a run waits for a stronger executor`;
  return {
    code: null,
    level: "warning",
    file: manifest?.pool === undefined ? null : "manifest.json",
    line: null,
    message,
  };
}

/** A push refuses it with the same words; a check can say it before. */
function findClosedPool(
  { name, networkForms }: PoolInfo,
  project: ProjectInfo | undefined,
  manifest: Manifest | undefined,
): PackageProblem | undefined {
  const isRequired = project?.requireNetwork === true;
  const form = formOf(manifest?.network) ?? (isRequired ? "outbound" : undefined);
  if (form === undefined || networkForms === undefined || networkForms.includes(form)) return undefined;
  const message = manifest?.network === undefined ? describeRequired(name) : describeUnenforced(form, name);
  return { code: null, level: "warning", file: "manifest.json", line: null, message };
}
