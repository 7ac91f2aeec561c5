import type { ReactNode } from "react";

/** The mark of sealrun; the word beside it names it. */
export function Logo({ size }: { readonly size: number }): ReactNode {
  return <img src="/icon.svg" width={size} height={size} alt="" />;
}
