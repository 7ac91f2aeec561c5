import { type ExecutionInfo, lastWritten } from "@sealrun/protocol";
import { type ReactNode, useMemo } from "react";
import { LineText } from "../../../parts/log/line-text.tsx";
import { LinkPlain } from "../../../parts/page/links.tsx";
import { useSources } from "../log/source-link.tsx";
import { type Log, useLogSize } from "../log/use-log.ts";
import { findErrorLines } from "./error-lines.ts";
import classes from "./error-lines.module.css";

/** A longer line is cut; the log has all of it. */
const shownCharacters = 400;

/** The lines of the log that say why a step failed, each with a link to its place; nothing before the log is loaded. */
export function ErrorLines({ execution, log }: { readonly execution: ExecutionInfo; readonly log: Log }): ReactNode {
  const { store, state } = log;
  const size = useLogSize(store);
  const sources = useSources(execution);
  const failed = execution.steps.find(({ status }) => status === "failed")?.name;
  const isLoaded = state.kind === "ended" || state.kind === "refused";
  const lines = useMemo(
    () => (failed !== undefined && isLoaded && size > 0 ? findErrorLines(store, failed) : []),
    [store, size, isLoaded, failed],
  );
  if (lines.length === 0) return null;
  return (
    <div className={classes["lines"]} role="group" aria-label="Last lines of the step that failed">
      {lines.map(({ number, text }) => (
        <div key={number} className={classes["line"]}>
          <LinkPlain
            className={classes["number"]}
            aria-label={`Line ${number} in the log`}
            to="/executions/$execution"
            params={{ execution: execution.id }}
            search={{ line: number }}
            preload={false}
          >
            {number}
          </LinkPlain>
          <span className={classes["text"]}>
            <LineText text={lastWritten(text).slice(0, shownCharacters)} sources={sources} />
            {lastWritten(text).length > shownCharacters ? "…" : ""}
          </span>
        </div>
      ))}
    </div>
  );
}
