import { Badge, CloseButton, Group, Paper, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { countTags, filterPackages } from "./filter-packages.ts";
import classes from "./package-row.module.css";
import { PackageRow } from "./package-row.tsx";
import type { HomeSearch } from "./search.ts";

const maxTags = 12;

/** The packages of a project, filtered by the words and the tag in the address. */
export function PackageList(props: {
  readonly project: string;
  readonly packages: readonly PackageOverview[];
}): ReactNode {
  const { project, packages } = props;
  const { find = "", tag } = useSearch({ from: "/projects/$project" });
  const navigate = useNavigate({ from: "/projects/$project" });
  const filter = (change: HomeSearch): void => {
    const next = { find, tag, ...change };
    void navigate({
      search: { find: next.find === "" ? undefined : next.find, tag: next.tag },
      replace: true,
      resetScroll: false,
    });
  };
  const shown = filterPackages(packages, { find, tag });
  return (
    <Stack gap="sm" component="section" aria-labelledby="packages">
      <Group justify="space-between" gap="xs">
        <Title order={2} id="packages">
          Packages
        </Title>
        <TextInput
          aria-label="Search packages"
          placeholder="Search packages"
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={
            find === "" ? undefined : (
              <CloseButton size="sm" aria-label="Clear the search" onClick={() => filter({ find: "" })} />
            )
          }
          value={find}
          onChange={(event) => filter({ find: event.currentTarget.value })}
          flex="0 1 260px"
        />
      </Group>
      <Tags packages={packages} chosen={tag} onChoose={(chosen) => filter({ tag: chosen })} />
      <Paper withBorder>
        {shown.length === 0 ? (
          <Text size="sm" c="dimmed" p="md" role="status">
            No package matches.
          </Text>
        ) : (
          <ul className={classes["list"]}>
            {shown.map((each) => (
              <PackageRow key={each.id} project={project} package={each} onTag={(chosen) => filter({ tag: chosen })} />
            ))}
          </ul>
        )}
      </Paper>
    </Stack>
  );
}

function Tags(props: {
  readonly packages: readonly PackageOverview[];
  readonly chosen: string | undefined;
  readonly onChoose: (tag: string | undefined) => void;
}): ReactNode {
  const tags = countTags(props.packages);
  if (tags.length === 0 && props.chosen === undefined) return null;
  return (
    <Group gap={6} role="group" aria-label="Tags">
      {tags.slice(0, maxTags).map(({ tag, count }) => {
        const isChosen = tag === props.chosen;
        return (
          <UnstyledButton key={tag} aria-pressed={isChosen} onClick={() => props.onChoose(isChosen ? undefined : tag)}>
            <Badge component="span" color={isChosen ? "accent" : "gray"} variant="light" tt="none" fw={500}>
              <ShownText text={tag} /> {count}
            </Badge>
          </UnstyledButton>
        );
      })}
    </Group>
  );
}
