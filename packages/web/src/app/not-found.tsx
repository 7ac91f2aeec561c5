import { IconMapQuestion } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../parts/page/empty.tsx";
import { LinkButton } from "../parts/page/links.tsx";
import { Page } from "../parts/page/page.tsx";

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
