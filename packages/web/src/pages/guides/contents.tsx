import { Collapse, Stack, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import type { GuideHeading } from "./guide-content.ts";
import classes from "./guides.module.css";

/** The headings of a guide, beside it. */
export function Contents(props: { readonly guide: string; readonly headings: readonly GuideHeading[] }): ReactNode {
  return (
    <nav aria-label="On this page" className={classes["contents"]}>
      <Text size="xs" fw={600} c="dimmed" pb="xs">
        On this page
      </Text>
      <Links {...props} />
    </nav>
  );
}

/** The same headings above the guide, folded, in a narrow window. */
export function FoldedContents(props: {
  readonly guide: string;
  readonly headings: readonly GuideHeading[];
}): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure();
  const Icon = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <nav aria-label="On this page">
      <UnstyledButton className={classes["toggle"]} onClick={toggle} aria-expanded={isOpen} fz="sm" fw={500}>
        <Icon size={16} aria-hidden style={{ verticalAlign: "-3px" }} /> On this page
      </UnstyledButton>
      <Collapse expanded={isOpen} pt="xs" pl="md" onClick={close}>
        <Links {...props} />
      </Collapse>
    </nav>
  );
}

function Links(props: { readonly guide: string; readonly headings: readonly GuideHeading[] }): ReactNode {
  return (
    <Stack gap={6}>
      {props.headings.map(({ id, depth, text }) => (
        <LinkAnchor
          key={id}
          size="sm"
          c="dimmed"
          to="/guides/$"
          params={{ _splat: props.guide }}
          hash={id}
          className={depth > 2 ? classes["deep"] : undefined}
        >
          {text}
        </LinkAnchor>
      ))}
    </Stack>
  );
}
