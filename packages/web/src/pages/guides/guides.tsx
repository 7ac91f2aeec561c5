import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Guides. */
export function GuidesPage(): ReactNode {
  return <Page title="Guides">…</Page>;
}
