import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Projects. */
export function ProjectsPage(): ReactNode {
  return <Page title="Projects">…</Page>;
}
