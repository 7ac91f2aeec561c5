import { Code, Group } from "@mantine/core";
import { IconPackage } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";

/** Shown on the home page of a project without packages. */
export function FirstPackage({ project }: { readonly project: string }): ReactNode {
  return (
    <Empty
      icon={<IconPackage aria-hidden />}
      title="No packages yet"
      action={
        <Group justify="center">
          <LinkButton variant="light" to="/projects/$project/upload" params={{ project }}>
            Upload the first one
          </LinkButton>
          <LinkAnchor size="sm" to="/guides/$" params={{ _splat: "packages" }}>
            About packages
          </LinkAnchor>
        </Group>
      }
    >
      Drop a folder with a script anywhere on this page, or run <Code>sealrun push my-folder --project {project}</Code>.
      A secrets.json in it is sealed in your browser.
    </Empty>
  );
}
