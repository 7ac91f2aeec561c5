import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Package. */
export function PackagePage(): ReactNode {
  return <Page title="Package">…</Page>;
}
