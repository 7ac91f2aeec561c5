import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Executions. */
export function ExecutionsPage(): ReactNode {
  return <Page title="Executions">…</Page>;
}
