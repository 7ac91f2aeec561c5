import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRouter,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import { auditSearch } from "../pages/audit/search.ts";
import { executionSearch } from "../pages/execution/search.ts";
import { executionsSearch } from "../pages/executions/search.ts";
import { guidesSearch } from "../pages/guides/search.ts";
import { schedulesSearch } from "../pages/schedules/search.ts";
import { Loading } from "../parts/page/loading.tsx";
import { GuestShell } from "./shell/guest-shell.tsx";
import { NotFound } from "./not-found.tsx";
import { PageProblem } from "./page-problem.tsx";
import { homeSearch } from "../pages/home/search.ts";
import { packageSearch } from "../pages/package/search.ts";
import { runSearch } from "../pages/run/search.ts";
import { secretsSearch } from "../pages/secrets/search.ts";
import { uploadSearch } from "../pages/upload/search.ts";
import { useIsSignedIn } from "../platform/platform.tsx";
import { Shell } from "./shell/shell.tsx";

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Frame,
  notFoundComponent: NotFound,
});

function Frame(): ReactNode {
  return useIsSignedIn() ? <Shell /> : <GuestShell />;
}

const projects = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(async () => import("../pages/projects/projects.tsx"), "ProjectsPage"),
});
/** An address that people try: the front page is the list of projects. */
const projectsAlias = createRoute({
  getParentRoute: () => root,
  path: "/projects",
  beforeLoad: () => {
    throw redirect({ to: "/", replace: true });
  },
});
const home = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project",
  validateSearch: homeSearch,
  component: lazyRouteComponent(async () => import("../pages/home/home.tsx"), "HomePage"),
});
const upload = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/upload",
  validateSearch: uploadSearch,
  component: lazyRouteComponent(async () => import("../pages/upload/upload.tsx"), "UploadPage"),
});
const projectSecrets = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/secrets",
  validateSearch: secretsSearch,
  component: lazyRouteComponent(async () => import("../pages/secrets/project-secrets.tsx"), "ProjectSecretsPage"),
});
const packagePage = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/packages/$package",
  validateSearch: packageSearch,
  component: lazyRouteComponent(async () => import("../pages/package/package.tsx"), "PackagePage"),
});
const run = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/packages/$package/run",
  validateSearch: runSearch,
  component: lazyRouteComponent(async () => import("../pages/run/run.tsx"), "RunPage"),
});
const serviceSecrets = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/packages/$package/secrets",
  validateSearch: secretsSearch,
  component: lazyRouteComponent(async () => import("../pages/secrets/service-secrets.tsx"), "ServiceSecretsPage"),
});
const platformSecrets = createRoute({
  getParentRoute: () => root,
  path: "/vault/secrets",
  validateSearch: secretsSearch,
  component: lazyRouteComponent(async () => import("../pages/secrets/platform-secrets.tsx"), "PlatformSecretsPage"),
});
const executions = createRoute({
  getParentRoute: () => root,
  path: "/executions",
  validateSearch: executionsSearch,
  component: lazyRouteComponent(async () => import("../pages/executions/executions.tsx"), "ExecutionsPage"),
});
const execution = createRoute({
  getParentRoute: () => root,
  path: "/executions/$execution",
  validateSearch: executionSearch,
  component: lazyRouteComponent(async () => import("../pages/execution/execution.tsx"), "ExecutionPage"),
});
const schedules = createRoute({
  getParentRoute: () => root,
  path: "/schedules",
  validateSearch: schedulesSearch,
  component: lazyRouteComponent(async () => import("../pages/schedules/schedules.tsx"), "SchedulesPage"),
});
const executors = createRoute({
  getParentRoute: () => root,
  path: "/executors",
  component: lazyRouteComponent(async () => import("../pages/executors/executors.tsx"), "ExecutorsPage"),
});
const health = createRoute({
  getParentRoute: () => root,
  path: "/health",
  component: lazyRouteComponent(async () => import("../pages/health/health.tsx"), "HealthPage"),
});
const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(async () => import("../pages/audit/audit.tsx"), "AuditPage"),
});
const guides = createRoute({ getParentRoute: () => root, path: "/guides" });
const guidesFront = createRoute({
  getParentRoute: () => guides,
  path: "/",
  validateSearch: guidesSearch,
  component: lazyRouteComponent(async () => import("../pages/guides/guides.tsx"), "GuidesPage"),
});
const guide = createRoute({
  getParentRoute: () => guides,
  path: "$",
  component: lazyRouteComponent(async () => import("../pages/guides/guide.tsx"), "GuidePage"),
});

const tree = root.addChildren([
  projects,
  projectsAlias,
  home,
  upload,
  projectSecrets,
  packagePage,
  run,
  serviceSecrets,
  platformSecrets,
  executions,
  execution,
  schedules,
  executors,
  health,
  audit,
  guides.addChildren([guidesFront, guide]),
]);

/** Every page by its address. A page's code is fetched when a link to it is pointed at; the first page's at once. */
export function createPages(queries: QueryClient) {
  const pages = createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Loading,
    defaultErrorComponent: PageProblem,
    scrollRestoration: true,
  }) satisfies AnyRouter;
  // Meanwhile the platform is asked who is signed in.
  void pages.preloadRoute({ to: pages.latestLocation.pathname });
  return pages;
}

declare module "@tanstack/react-router" {
  interface Register {
    readonly router: ReturnType<typeof createPages>;
  }
}
