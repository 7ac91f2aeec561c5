import type { SecretSource } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../../parts/page/links.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";

const words = {
  push: "push",
  set: "set",
  import: "import",
  script: "script",
  boundary: "plain upload",
} as const satisfies Record<SecretSource, string>;

/** How a version was stored, in a word; `unknown` for an older platform, which does not say. */
export function sourceWord(source: SecretSource | undefined): string {
  return source === undefined ? "unknown" : words[source];
}

/** The author of a version; an execution is a link. */
export function Author({ author }: { readonly author: string }): ReactNode {
  const execution = /^execution (exe_[0-9a-z]+)$/.exec(author)?.[1];
  if (execution === undefined) return <ShownText text={author} />;
  return (
    <LinkAnchor to="/executions/$execution" params={{ execution }} size="sm" underline="always">
      {author}
    </LinkAnchor>
  );
}
