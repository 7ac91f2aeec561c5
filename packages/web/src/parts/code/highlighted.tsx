import { Fragment, type ReactNode, useEffect, useState } from "react";
import type { CodePiece } from "./highlight.ts";
import { type CodeLines, createHighlighter } from "./highlight-in-worker.ts";
import classes from "./highlighted.module.css";
import { ShownText } from "../text/shown-text.tsx";

/** Code with its colours, as text. It is coloured in a worker, because the text is not trusted. */
export function Highlighted({ text, language }: { readonly text: string; readonly language: string }): ReactNode {
  const lines = useHighlight(text, language);
  if (lines === undefined) return <ShownText text={text} />;
  return lines.map((line, index) => (
    <Fragment key={index}>
      {index === 0 ? null : "\n"}
      <CodeLine pieces={line} />
    </Fragment>
  ));
}

/** One line of code with its colours. */
export function CodeLine({ pieces }: { readonly pieces: readonly CodePiece[] }): ReactNode {
  return pieces.map(({ text, kind }, index) => (
    <span key={index} className={kind === undefined ? undefined : classes[kind]}>
      <ShownText text={text} />
    </span>
  ));
}

const highlighter = createHighlighter(
  () => new Worker(new URL("highlight-worker.ts", import.meta.url), { type: "module" }),
);

interface Done {
  readonly text: string;
  readonly language: string;
  readonly lines: CodeLines | undefined;
}

/** The coloured lines; undefined while they are computed, and for a text that cannot be coloured. */
export function useHighlight(text: string, language: string): CodeLines | undefined {
  const [done, setDone] = useState<Done>();
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    void highlighter.highlight({ text, language }, signal).then((lines) => {
      if (!signal.aborted) setDone({ text, language, lines });
    });
    return () => stop.abort();
  }, [text, language]);
  return done?.text === text && done.language === language ? done.lines : undefined;
}
