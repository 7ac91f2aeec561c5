import { Fragment, type ReactNode, useEffect, useState } from "react";
import type { CodePiece } from "./highlight.ts";
import classes from "./highlighted.module.css";
import { ShownText } from "./shown-text.tsx";

/** Code with its colours, as text; what colours it is fetched with the first code that is shown. */
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

interface Done {
  readonly text: string;
  readonly language: string;
  readonly lines: readonly (readonly CodePiece[])[];
}

/** The coloured lines, or undefined while what colours them is on its way. */
export function useHighlight(text: string, language: string): Done["lines"] | undefined {
  const [done, setDone] = useState<Done>();
  useEffect(() => {
    let isWanted = true;
    void import("./highlight.ts").then(({ highlightLines }) => {
      if (isWanted) setDone({ text, language, lines: highlightLines(text, language) });
    });
    return () => {
      isWanted = false;
    };
  }, [text, language]);
  return done?.text === text && done.language === language ? done.lines : undefined;
}
