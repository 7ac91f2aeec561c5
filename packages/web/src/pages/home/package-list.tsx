import {
  Badge,
  Button,
  CloseButton,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  TextInput,
  Title,
  UnstyledButton,
} from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { useWindowRows } from "../../parts/page/window-rows.ts";
import { countTags, filterPackages } from "./filter-packages.ts";
import classes from "./package-row.module.css";
import { PackageRow } from "./package-row.tsx";
import type { HomeSearch } from "./search.ts";
import { packageSort, type PackageSort, sortPackages } from "./sort-packages.ts";

const maxTags = 12;

const sorts: readonly { readonly value: PackageSort; readonly label: string }[] = [
  { value: "name", label: "By name" },
  { value: "run", label: "Last run first" },
  { value: "failed", label: "Failed first" },
  { value: "pushed", label: "Last pushed first" },
];

/** The packages of a project, filtered by the words and the tag in the address. */
export function PackageList(props: {
  readonly project: string;
  readonly packages: readonly PackageOverview[];
}): ReactNode {
  const { project, packages } = props;
  const { find = "", tag, sort = "name" } = useSearch({ from: "/projects/$project" });
  const navigate = useNavigate({ from: "/projects/$project" });
  const filter = (change: HomeSearch): void => {
    const next = { find, tag, sort, ...change };
    void navigate({
      search: {
        find: next.find === "" ? undefined : next.find,
        tag: next.tag,
        sort: next.sort === "name" ? undefined : next.sort,
      },
      replace: true,
      resetScroll: false,
    });
  };
  const shown = sortPackages(filterPackages(packages, { find, tag }), sort);
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
        <NativeSelect
          aria-label="Sort packages"
          data={sorts}
          value={sort}
          onChange={(event) => filter({ sort: packageSort.parse(event.currentTarget.value) })}
        />
      </Group>
      <Tags packages={packages} chosen={tag} onChoose={(chosen) => filter({ tag: chosen })} />
      <Paper withBorder>
        {shown.length === 0 ? (
          <Text size="sm" c="dimmed" p="md" role="status">
            No package matches.
          </Text>
        ) : (
          <Rows project={project} packages={shown} onTag={(chosen) => filter({ tag: chosen })} />
        )}
      </Paper>
    </Stack>
  );
}

/** Of a long list, only the rows near the window. */
function Rows(props: {
  readonly project: string;
  readonly packages: readonly PackageOverview[];
  readonly onTag: (tag: string) => void;
}): ReactNode {
  const { project, packages, onTag } = props;
  const { holder, parts, measure } = useWindowRows({
    name: `packages of ${project}`,
    count: packages.length,
    estimatePx: 84,
    keyOf: (index) => packages[index]?.id ?? String(index),
  });
  return (
    <ul ref={holder} className={classes["list"]}>
      {parts.map((part) => {
        if (part.kind === "space")
          return <li key={`space ${part.before}`} aria-hidden style={{ height: part.height }} />;
        const info = packages[part.index];
        if (info === undefined) return null;
        const place = { index: part.index, count: packages.length };
        return (
          <PackageRow key={info.id} project={project} package={info} onTag={onTag} place={place} measure={measure} />
        );
      })}
    </ul>
  );
}

function Tags(props: {
  readonly packages: readonly PackageOverview[];
  readonly chosen: string | undefined;
  readonly onChoose: (tag: string | undefined) => void;
}): ReactNode {
  const [isAll, setIsAll] = useState(false);
  const tags = countTags(props.packages);
  if (tags.length === 0 && props.chosen === undefined) return null;
  const shown = tags.filter(({ tag }, index) => isAll || index < maxTags || tag === props.chosen);
  return (
    <Group gap={6} role="group" aria-label="Tags">
      {shown.map(({ tag, count }) => {
        const isChosen = tag === props.chosen;
        return (
          <UnstyledButton key={tag} aria-pressed={isChosen} onClick={() => props.onChoose(isChosen ? undefined : tag)}>
            <Badge component="span" color={isChosen ? "accent" : "gray"} variant="light" tt="none" fw={500}>
              <ShownText text={tag} /> {count}
            </Badge>
          </UnstyledButton>
        );
      })}
      {tags.length <= maxTags ? null : (
        <Button size="compact-xs" variant="subtle" aria-expanded={isAll} onClick={() => setIsAll(!isAll)}>
          {isAll ? "Fewer tags" : `All ${tags.length} tags`}
        </Button>
      )}
    </Group>
  );
}
