import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Run. */
export function RunPage(): ReactNode {
  return <Page title="Run">…</Page>;
}
