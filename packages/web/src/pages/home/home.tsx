import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Home. */
export function HomePage(): ReactNode {
  return <Page title="Home">…</Page>;
}
