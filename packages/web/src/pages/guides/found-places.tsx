import { Highlight, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import classes from "./guides.module.css";
import type { FoundPlace } from "./search-guides.ts";
import { useGuideSearch } from "./use-guides.ts";

/** The places in the guides that have the words, the best first. */
export function FoundPlaces({ find }: { readonly find: string }): ReactNode {
  const { data, error, refetch } = useGuideSearch(true);
  if (error !== null) return <Problem error={error} onRetry={async () => refetch()} />;
  if (data === undefined) return <Loading rows={3} />;
  const places = data.search(find);
  return (
    <div>
      <Text size="sm" c="dimmed" role="status">
        {places.length === 0 ? (
          <>
            No guide has <ShownText text={find} />. Try fewer or shorter words.
          </>
        ) : places.length === 1 ? (
          "1 place"
        ) : (
          `${places.length} places`
        )}
      </Text>
      {places.map((place) => (
        <Place key={`${place.guide}#${place.id}`} place={place} />
      ))}
    </div>
  );
}

function Place({ place }: { readonly place: FoundPlace }): ReactNode {
  const { guide, title, id, heading, excerpt, words } = place;
  return (
    <div className={classes["found"]}>
      <LinkAnchor to="/guides/$" params={{ _splat: guide }} hash={id} fw={600} size="sm">
        {heading === "" ? title : `${title} / ${heading}`}
      </LinkAnchor>
      <Highlight highlight={[...words]} size="sm" c="dimmed" maw={760}>
        {excerpt}
      </Highlight>
    </div>
  );
}
