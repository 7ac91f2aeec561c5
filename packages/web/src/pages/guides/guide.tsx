import { Box, Group } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconBook2 } from "@tabler/icons-react";
import { useLocation, useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { Contents, FoldedContents } from "./contents.tsx";
import { GuideBlocks } from "./guide-blocks.tsx";
import type { Guide, GuideEntry } from "./guide-content.ts";
import classes from "./guides.module.css";
import { useGuide, useGuideList } from "./use-guides.ts";

/** One guide, with its headings beside it. */
export function GuidePage(): ReactNode {
  const { _splat: name = "" } = useParams({ from: "/guides/$" });
  const found = useGuide(name);
  const list = useGuideList();
  const error = found.error ?? list.error;
  if (error !== null) {
    return (
      <Page title="Guide">
        <Problem error={error} onRetry={async () => Promise.all([found.refetch(), list.refetch()])} />
      </Page>
    );
  }
  if (found.data === undefined || list.data === undefined) {
    return (
      <Page title="Guide">
        <Loading />
      </Page>
    );
  }
  return found.data === null ? <NoGuide /> : <Shown key={name} guide={found.data} entries={list.data.entries} />;
}

function Shown({ guide, entries }: { readonly guide: Guide; readonly entries: readonly GuideEntry[] }): ReactNode {
  useScrollToHeading();
  const place = entries.findIndex(({ name }) => name === guide.name);
  const headings = entries[place]?.headings ?? [];
  return (
    <Page
      title={guide.title}
      lead={
        <>
          <LinkAnchor to="/guides" size="sm" underline="always">
            Guides
          </LinkAnchor>{" "}
          / {entries[place]?.group}
        </>
      }
    >
      <div className={classes["layout"]}>
        <article className={classes["text"]}>
          {headings.length < 2 ? null : (
            <Box hiddenFrom="md" pb="md">
              <FoldedContents guide={guide.name} headings={headings} />
            </Box>
          )}
          <GuideBlocks blocks={guide.blocks} />
          <Neighbours before={entries[place - 1]} after={entries[place + 1]} />
        </article>
        {headings.length < 2 ? null : (
          <Box visibleFrom="md">
            <Contents guide={guide.name} headings={headings} />
          </Box>
        )}
      </div>
    </Page>
  );
}

/** The router scrolls before the guide has loaded. */
function useScrollToHeading(): void {
  const hash = useLocation({ select: (location) => location.hash });
  useEffect(() => {
    if (hash !== "") document.getElementById(hash)?.scrollIntoView();
  }, [hash]);
}

function Neighbours(props: {
  readonly before: GuideEntry | undefined;
  readonly after: GuideEntry | undefined;
}): ReactNode {
  const { before, after } = props;
  return (
    <Group component="nav" aria-label="Other guides" justify="space-between" pt="xl">
      {before === undefined ? (
        <span />
      ) : (
        <LinkButton
          variant="default"
          to="/guides/$"
          params={{ _splat: before.name }}
          leftSection={<IconArrowLeft size={16} aria-hidden />}
        >
          {before.title}
        </LinkButton>
      )}
      {after === undefined ? null : (
        <LinkButton
          variant="default"
          to="/guides/$"
          params={{ _splat: after.name }}
          rightSection={<IconArrowRight size={16} aria-hidden />}
        >
          {after.title}
        </LinkButton>
      )}
    </Group>
  );
}

function NoGuide(): ReactNode {
  return (
    <Page title="No such guide">
      <Empty
        icon={<IconBook2 aria-hidden />}
        title="There is no guide at this address"
        action={<LinkButton to="/guides">All guides</LinkButton>}
      >
        It may have another name now.
      </Empty>
    </Page>
  );
}
