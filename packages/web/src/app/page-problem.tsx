import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "../parts/page/page.tsx";
import { Problem } from "../parts/page/problem.tsx";

/** Stands in the place of a page that threw; the other pages still work. */
export function PageProblem({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <Page title="This page failed">
      <Problem error={error} onRetry={reset} />
    </Page>
  );
}
