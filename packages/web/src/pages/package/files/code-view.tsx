import { type ReactNode, useEffect, useRef } from "react";
import { CodeLine, useHighlight } from "../../../parts/code/highlighted.tsx";
import { LinkPlain } from "../../../parts/page/links.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { isCrowded } from "../../../parts/text/visible-text.ts";
import { usePackageAddress } from "../use-package.ts";
import classes from "./code-view.module.css";

/** A text with the number of each line, which is the address of that line; one may be marked. */
export function CodeView(props: {
  readonly text: string;
  readonly language: string;
  readonly marked: number | undefined;
}): ReactNode {
  const { text, language, marked } = props;
  const coloured = useHighlight(text, language);
  const plain = text.split("\n");
  // The line feed at the end of a file starts no line.
  const count = plain.at(-1) === "" ? plain.length - 1 : plain.length;
  const meant = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (marked !== undefined) meant.current?.scrollIntoView({ block: "center" });
  }, [marked]);
  return (
    <div className={classes["box"]} tabIndex={0} role="region" aria-label="Text of the file">
      <div className={classes["lines"]}>
        {plain.slice(0, count).map((line, index) => {
          const number = index + 1;
          // In a crowded line each piece could hold few.
          const pieces = isCrowded(line) ? undefined : coloured?.[index];
          return (
            <div
              key={index}
              ref={number === marked ? meant : undefined}
              className={classes["line"]}
              data-marked={number === marked || undefined}
            >
              <LineNumber number={number} />
              <code className={classes["text"]}>
                {pieces === undefined ? <ShownText text={line} /> : <CodeLine pieces={pieces} />}
              </code>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function LineNumber({ number }: { readonly number: number }): ReactNode {
  const address = usePackageAddress();
  return (
    <LinkPlain
      className={classes["number"]}
      // Thousands of stops would lie between the reader and what follows.
      tabIndex={-1}
      aria-label={`Line ${number}`}
      from="/projects/$project/packages/$package"
      to="/projects/$project/packages/$package"
      params={address}
      search={(before) => ({ ...before, line: number })}
      replace
      resetScroll={false}
      preload={false}
    >
      {number}
    </LinkPlain>
  );
}
