import { Anchor, Code } from "@mantine/core";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import type { Inline, LinkTarget } from "./guide-content.ts";

/** The text of a guide, with its styles and links. */
export function GuideText({ parts }: { readonly parts: readonly Inline[] }): ReactNode {
  return parts.map((part, index) => <Part key={index} part={part} />);
}

function Part({ part }: { readonly part: Inline }): ReactNode {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <Code>{part.text}</Code>;
    case "strong":
      return (
        <strong>
          <GuideText parts={part.parts} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <GuideText parts={part.parts} />
        </em>
      );
    case "break":
      return <br />;
    case "link":
      return <GuideLink to={part.to} parts={part.parts} />;
  }
}

function GuideLink({ to, parts }: { readonly to: LinkTarget; readonly parts: readonly Inline[] }): ReactNode {
  const text = <GuideText parts={parts} />;
  switch (to.kind) {
    case "guide":
      return (
        <LinkAnchor inherit underline="always" to="/guides/$" params={{ _splat: to.guide }} hash={to.heading ?? ""}>
          {text}
        </LinkAnchor>
      );
    case "index":
      return (
        <LinkAnchor inherit underline="always" to="/guides" hash={to.heading ?? ""}>
          {text}
        </LinkAnchor>
      );
    case "file":
      return (
        <>
          {text} (<Code>{to.path}</Code>)
        </>
      );
    case "outside":
      return (
        <Anchor inherit underline="always" href={to.url} target="_blank" rel="noopener noreferrer">
          {text}
        </Anchor>
      );
  }
}
