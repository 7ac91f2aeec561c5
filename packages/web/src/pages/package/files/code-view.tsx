import { type ReactNode, useEffect, useRef } from "react";
import { CodeLine, useHighlight } from "../../../parts/code/highlighted.tsx";
import { LinkPlain } from "../../../parts/page/links.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { isCrowded } from "../../../parts/text/visible-text.ts";
import { usePackageAddress } from "../use-package.ts";
import classes from "./code-view.module.css";

/** A text with line numbers, which are links to their lines; one line may be marked. */
export function CodeView(props: {
  readonly text: string;
  readonly language: string;
  readonly marked: number | undefined;
}): ReactNode {
  const { text, language, marked } = props;
  const coloured = useHighlight(text, language);
  const plain = text.split("\n");
  // A line feed at the end of a file does not start a line.
  const count = plain.at(-1) === "" ? plain.length - 1 : plain.length;
  const markedLine = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (marked !== undefined) markedLine.current?.scrollIntoView({ block: "center" });
  }, [marked]);
  return (
    <div className={classes["box"]} tabIndex={0} role="region" aria-label="Text of the file">
      <div className={classes["lines"]}>
        {plain.slice(0, count).map((line, index) => {
          const number = index + 1;
          // Each piece of a crowded line may have few hidden characters, so the line is shown as a whole.
          const pieces = isCrowded(line) ? undefined : coloured?.[index];
          return (
            <div
              key={index}
              ref={number === marked ? markedLine : undefined}
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
      // Otherwise the Tab key would stop at each of thousands of lines.
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
