import type { ReactNode } from "react";
import classes from "./shown-text.module.css";
import { shownParts } from "./visible-text.ts";

/** Untrusted text, as text. Characters that are invisible or reverse text are shown by their code points. */
export function ShownText({ text }: { readonly text: string }): ReactNode {
  const parts = shownParts(text);
  if (parts.length <= 1 && parts[0]?.kind !== "hidden") return <bdi>{text}</bdi>;
  return (
    <bdi>
      {parts.map((part, index) =>
        part.kind === "text" ? (
          part.text
        ) : (
          <span key={index} className={classes["hidden"]}>
            {part.text}
          </span>
        ),
      )}
    </bdi>
  );
}
