import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Guide. */
export function GuidePage(): ReactNode {
  return <Page title="Guide">…</Page>;
}
