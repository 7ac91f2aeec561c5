import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Highlighted } from "../../parts/code/highlighted.tsx";
import classes from "./guides.module.css";

/** A block of code that can be copied; a wide one scrolls inside its own box. */
export function CodeBlock({ text, language }: { readonly text: string; readonly language: string }): ReactNode {
  return (
    <div className={classes["code"]}>
      <pre tabIndex={0} role="group" aria-label="Code">
        <code>
          <Highlighted text={text} language={language} />
        </code>
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy"} position="left">
            <ActionIcon
              variant="default"
              size="sm"
              className={classes["copy"]}
              aria-label={copied ? "Copied" : "Copy"}
              onClick={copy}
            >
              {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
