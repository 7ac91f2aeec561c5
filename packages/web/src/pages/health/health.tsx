import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Health. */
export function HealthPage(): ReactNode {
  return <Page title="Health">…</Page>;
}
