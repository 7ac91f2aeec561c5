import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Executors. */
export function ExecutorsPage(): ReactNode {
  return <Page title="Executors">…</Page>;
}
