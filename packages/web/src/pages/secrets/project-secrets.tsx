import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Secrets. */
export function ProjectSecretsPage(): ReactNode {
  return <Page title="Secrets">…</Page>;
}
