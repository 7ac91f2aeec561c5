import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";

/** Upload. */
export function UploadPage(): ReactNode {
  return <Page title="Upload">…</Page>;
}
