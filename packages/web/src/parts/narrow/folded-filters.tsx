import { Button, Group, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import { useIsNarrow } from "./use-is-narrow.ts";

/**
 * Filters of a list. In a narrow window they are behind a button that says what is set, so that the list is in view
 * without scrolling.
 */
export function FoldedFilters(props: {
  readonly label: string;
  /** What is set, such as "7 days, 2 filters"; empty for nothing. */
  readonly set: string;
  readonly children: ReactNode;
}): ReactNode {
  const isNarrow = useIsNarrow();
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  if (!isNarrow) return props.children;
  return (
    <>
      <Button
        variant="default"
        justify="space-between"
        h="auto"
        mih={36}
        py={6}
        aria-expanded={isOpen}
        aria-controls={id}
        rightSection={isOpen ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Group gap="0 8px">
          <span>{props.label}</span>
          <Text span size="xs" c="dimmed" fw={400}>
            {props.set}
          </Text>
        </Group>
      </Button>
      <Stack gap="md" id={id} hidden={!isOpen}>
        {isOpen ? props.children : null}
      </Stack>
    </>
  );
}
