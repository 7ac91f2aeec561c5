import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Execution. */
export function ExecutionPage(): ReactNode {
  return <Page title="Execution">…</Page>;
}
