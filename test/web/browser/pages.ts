import type { Demonstration } from "../../support/demonstration.ts";

/** A page to look at: the name of its pictures and its address. */
export interface PageToSee {
  readonly name: string;
  readonly path: string;
}

/** Every page of the web UI, filled by a demonstration. The sign-in page is what anybody else sees at each of them. */
export function pagesOf({ project, package: name, executions }: Demonstration): readonly PageToSee[] {
  const inProject = `/projects/${project}`;
  const inPackage = `${inProject}/packages/${name}`;
  const execution = `/executions/${executions.succeeded}`;
  return [
    { name: "projects", path: "/" },
    { name: "home", path: inProject },
    { name: "home-empty", path: "/projects/website" },
    { name: "upload", path: `${inProject}/upload` },
    { name: "project-secrets", path: `${inProject}/secrets` },
    { name: "project-secrets-empty", path: "/projects/website/secrets" },
    { name: "package", path: inPackage },
    { name: "package-files", path: `${inPackage}?tab=files` },
    { name: "package-versions", path: `${inPackage}?tab=versions` },
    { name: "run", path: `${inPackage}/run` },
    { name: "service-secrets", path: `${inPackage}/secrets` },
    { name: "platform-secrets", path: "/vault/secrets" },
    { name: "executions", path: "/executions" },
    { name: "execution", path: execution },
    { name: "execution-results", path: `${execution}?tab=results` },
    { name: "execution-receipt", path: `${execution}?tab=receipt` },
    { name: "execution-parameters", path: `${execution}?tab=parameters` },
    { name: "execution-attempts", path: `${execution}?tab=attempts` },
    { name: "execution-failed", path: `/executions/${executions.failed}` },
    { name: "execution-failed-difference", path: `/executions/${executions.failed}?tab=difference` },
    { name: "execution-running", path: `/executions/${executions.running}` },
    { name: "execution-queued", path: `/executions/${executions.queued}` },
    { name: "schedules", path: "/schedules" },
    { name: "executors", path: "/executors" },
    { name: "health", path: "/health" },
    { name: "audit", path: "/audit" },
    { name: "guides", path: "/guides" },
    { name: "guide", path: "/guides/secrets" },
    { name: "not-found", path: "/nothing-here" },
  ];
}
