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

/** How a version came, in a word. Older platforms do not say. */
export function sourceWord(source: SecretSource | undefined): string {
  return source === undefined ? "unknown" : words[source];
}

/** Who wrote a version; an execution as a link to it. */
export function Author({ author }: { readonly author: string }): ReactNode {
  const execution = /^execution (exe_[0-9a-z]+)$/.exec(author)?.[1];
  if (execution === undefined) return <ShownText text={author} />;
  return (
    <LinkAnchor to="/executions/$execution" params={{ execution }} size="sm" underline="always">
      {author}
    </LinkAnchor>
  );
}
