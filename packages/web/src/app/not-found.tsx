import { IconMapQuestion } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../parts/page/empty.tsx";
import { LinkButton } from "../parts/page/links.tsx";
import { ShownText } from "../parts/text/shown-text.tsx";
import { showHidden } from "../parts/text/visible-text.ts";
import { Page } from "../parts/page/page.tsx";
import { useRenamed } from "../platform/use-renamed.ts";

/** Stands in the place of every page of a project that does not exist. */
export function NoProject({ name }: { readonly name: string }): ReactNode {
  const to = useRenamed({ project: name }, { isWanted: true });
  return (
    <Page title="No such project">
      <Empty
        icon={<IconMapQuestion aria-hidden />}
        title={`There is no project ${showHidden(name)}`}
        action={
          to === undefined ? (
            <LinkButton to="/">Go to the projects</LinkButton>
          ) : (
            <LinkButton to="/projects/$project" params={{ project: to.project }}>
              Go to {showHidden(to.project)}
            </LinkButton>
          )
        }
      >
        {to === undefined ? (
          "Check the address for a mistake."
        ) : (
          <>
            It was renamed to <ShownText text={to.project} />.
          </>
        )}
      </Empty>
    </Page>
  );
}

/** Stands at an address that no page has. */
export function NotFound(): ReactNode {
  return (
    <Page title="No such page">
      <Empty
        icon={<IconMapQuestion aria-hidden />}
        title="There is no page at this address"
        action={<LinkButton to="/">Go to the projects</LinkButton>}
      >
        Check the address for a mistake.
      </Empty>
    </Page>
  );
}
