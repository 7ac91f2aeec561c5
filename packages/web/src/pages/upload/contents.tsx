import {
  Badge,
  Collapse,
  Group,
  List,
  Paper,
  ScrollArea,
  Stack,
  Table,
  Text,
  Title,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { countOf, type Step } from "@sealrun/protocol";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { showSize } from "../../parts/text/show-size.ts";
import type { Review } from "./review.ts";

/** The scripts that run, in order, and the files of the package. */
export function Contents({ review }: { readonly review: Review }): ReactNode {
  return (
    <Stack gap="md">
      <StepsCard steps={review.checked.steps} />
      <FilesCard review={review} />
    </Stack>
  );
}

function StepsCard({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  if (steps.length === 0) return null;
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        Runs {countOf(steps.length, "script")}
        {steps.length === 1 ? "" : ", in this order"}
      </Title>
      <List type="ordered" size="sm" spacing={4}>
        {steps.map(({ name, script, secrets }) => (
          <List.Item key={name}>
            <Text span ff="monospace" size="sm">
              <ShownText text={script} />
            </Text>
            {name === script ? null : (
              <Text span c="dimmed">
                {" "}
                as <ShownText text={name} />
              </Text>
            )}
            {secrets === undefined ? null : (
              <Text span c="dimmed">
                {secrets.length === 0 ? (
                  ", may read no secret"
                ) : (
                  <ShownText text={`, may read ${secrets.join(", ")}`} />
                )}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </Paper>
  );
}

function FilesCard({ review }: { readonly review: Review }): ReactNode {
  const { files } = review.checked;
  const [isOpen, { toggle }] = useDisclosure(files.length <= 12);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <Paper withBorder p="md">
      <UnstyledButton onClick={toggle} aria-expanded={isOpen}>
        <Group gap="xs">
          <Chevron size={18} aria-hidden />
          <Title order={2}>
            {countOf(files.length, "file")}, {showSize(bytes)}
          </Title>
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <ScrollArea.Autosize mah={360} mt="xs" viewportProps={{ tabIndex: 0, "aria-label": "Files" }}>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {files.map(({ path, bytes: content }) => (
                <Table.Tr key={path}>
                  <Table.Td ff="monospace">
                    <ShownText text={path} />
                  </Table.Td>
                  <Table.Td ta="right" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                    {showSize(content.length)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      </Collapse>
      <LeftOut skipped={review.skipped} />
    </Paper>
  );
}

function LeftOut({ skipped }: { readonly skipped: readonly string[] }): ReactNode {
  if (skipped.length === 0) return null;
  return (
    <Group gap={6} mt="sm">
      <Text size="sm" c="dimmed">
        Left out:
      </Text>
      {skipped.slice(0, 12).map((path) => (
        <Badge key={path} variant="default" tt="none" fw={400}>
          <ShownText text={path} />
        </Badge>
      ))}
      {skipped.length > 12 ? (
        <Text size="sm" c="dimmed">
          and {skipped.length - 12} more
        </Text>
      ) : null}
    </Group>
  );
}
