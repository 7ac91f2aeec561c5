import { Group } from "@mantine/core";
import { IconListDetails } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { findSpan } from "../../parts/time/time-spans.ts";
import { countFilters, defaultSpan } from "./filter.ts";
import type { ExecutionsSearch } from "./search.ts";

/** Stands in the place of an empty list: how to see more, or how to run the first package. */
export function NothingRan({ search }: { readonly search: ExecutionsSearch }): ReactNode {
  const { since, until, id } = search;
  const isNarrowed = countFilters(search) > 0;
  const span = findSpan(search.span ?? defaultSpan);
  const isOwn = since !== undefined || until !== undefined;
  const when = isOwn ? "in this time" : id === undefined ? `in the ${span.label.toLowerCase()}` : "under this id";
  const isWidest = !isOwn && span.value === "90d";
  return (
    <Empty
      icon={<IconListDetails aria-hidden />}
      title={isNarrowed ? "Nothing matches" : "Nothing has run"}
      action={
        <Group justify="center">
          {isNarrowed ? (
            <LinkButton variant="light" to="/executions" search={{ span: search.span, since, until }}>
              Clear the filters
            </LinkButton>
          ) : null}
          {isWidest || id !== undefined ? null : (
            <LinkButton
              variant="light"
              to="/executions"
              search={{ ...search, since: undefined, until: undefined, span: "90d" }}
            >
              Look through 90 days
            </LinkButton>
          )}
          <LinkAnchor size="sm" to="/guides/$" params={{ _splat: "start" }} hash="push-and-run">
            How to run a package
          </LinkAnchor>
        </Group>
      }
    >
      {isNarrowed ? `No execution with these filters ${when}.` : `No execution was accepted ${when}.`}
    </Empty>
  );
}
