import { CloseButton, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useDeferredValue, useState } from "react";
import { LinkPlain } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { FoundPlaces } from "./found-places.tsx";
import { GuideBlocks } from "./guide-blocks.tsx";
import type { GuideEntry } from "./guide-content.ts";
import classes from "./guides.module.css";
import { useGuideList } from "./use-guides.ts";

/** All guides, and a search through their text. */
export function GuidesPage(): ReactNode {
  const { find = "" } = useSearch({ from: "/guides/" });
  const navigate = useNavigate({ from: "/guides/" });
  const list = useGuideList();
  const wanted = useDeferredValue(find.trim());
  const onFind = (typed: string): void => {
    void navigate({ search: { find: typed === "" ? undefined : typed }, replace: true });
  };
  return (
    <Page title="Guides" lead="How everything works, as in packages/docs of the repository.">
      <Search find={find} onFind={onFind} />
      {list.error === null ? null : <Problem error={list.error} onRetry={async () => list.refetch()} />}
      {wanted !== "" ? (
        <FoundPlaces find={wanted} />
      ) : list.data === undefined ? (
        list.error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Groups entries={list.data.entries} />
          <article className={classes["text"]}>
            <GuideBlocks blocks={list.data.words} />
          </article>
        </>
      )}
    </Page>
  );
}

function Search({ find, onFind }: { readonly find: string; readonly onFind: (typed: string) => void }): ReactNode {
  // Typed text is shown at once; the address follows a moment later.
  const [typed, setTyped] = useState(find);
  const change = (text: string): void => {
    setTyped(text);
    onFind(text);
  };
  return (
    <TextInput
      type="search"
      aria-label="Search the guides"
      placeholder="Search the guides"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed === "" ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => change("")} />
      }
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
      maw={520}
    />
  );
}

function Groups({ entries }: { readonly entries: readonly GuideEntry[] }): ReactNode {
  const groups = [...new Set(entries.map(({ group }) => group))];
  return groups.map((group) => (
    <Stack key={group} gap="xs">
      <Title order={2}>{group}</Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {entries
          .filter((entry) => entry.group === group)
          .map(({ name, title, description }) => (
            <LinkPlain key={name} to="/guides/$" params={{ _splat: name }} className={classes["card"]}>
              <Text fw={600} size="sm" c="var(--mantine-color-anchor)">
                {title}
              </Text>
              <Text size="sm" c="dimmed">
                {description}
              </Text>
            </LinkPlain>
          ))}
      </SimpleGrid>
    </Stack>
  ));
}
