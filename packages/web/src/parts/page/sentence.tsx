import type { ReactNode } from "react";
import { LinkAnchor } from "./links.tsx";
import { splitSentence } from "../text/sentence-parts.ts";
import { exactTime } from "../time/show-time.ts";
import { ShownText } from "../text/shown-text.tsx";

/** A sentence from the platform, with times in the reader's zone and executions as links. */
export function Sentence({ text }: { readonly text: string }): ReactNode {
  return splitSentence(text).map((part, index) => {
    switch (part.kind) {
      case "text":
        return <ShownText key={index} text={part.text} />;
      case "time":
        return (
          <time key={index} dateTime={part.text}>
            {exactTime(part.text)}
          </time>
        );
      case "execution":
        return (
          <LinkAnchor
            key={index}
            inherit
            underline="always"
            to="/executions/$execution"
            params={{ execution: part.text }}
          >
            {part.text}
          </LinkAnchor>
        );
    }
  });
}
