import { Badge, Group, Paper, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { showSize } from "../../../parts/text/show-size.ts";
import { showHidden } from "../../../parts/text/visible-text.ts";
import type { FileText } from "../files/file-text.ts";
import { useFile } from "../files/use-file.ts";
import type { PackageAddress } from "../use-package.ts";
import type { FileChange } from "./compare-versions.ts";
import classes from "./file-change.module.css";
import { compareTexts, type Hunk } from "./text-difference.ts";

interface ChangeProps {
  readonly address: PackageAddress;
  readonly change: FileChange;
  readonly before: number;
  readonly after: number;
}

const colors = { added: "green", removed: "red", changed: "blue" } as const;

/** A file that is only in one version or differs between two; opens to show the lines. */
export function FileChangeView(props: ChangeProps & { readonly isOpenAtFirst: boolean }): ReactNode {
  const { change, isOpenAtFirst } = props;
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <Paper withBorder>
      <UnstyledButton className={classes["head"]} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Group gap="xs" wrap="nowrap">
          <Chevron size={16} aria-hidden />
          <Badge color={colors[change.kind]} variant="light" tt="none" className={classes["kind"]}>
            {change.kind}
          </Badge>
          <Text size="sm" ff="monospace">
            <ShownText text={change.path} />
          </Text>
          <Text size="xs" c="dimmed" ml="auto" visibleFrom="xs" className={classes["kind"]}>
            {sizesOf(change)}
          </Text>
        </Group>
      </UnstyledButton>
      {isOpen ? <Lines {...props} /> : null}
    </Paper>
  );
}

function sizesOf({ before, after }: FileChange): string {
  const sizes = [before, after].filter((size) => size !== undefined).map(showSize);
  return [...new Set(sizes)].join(" to ");
}

function Lines({ address, change, before, after }: ChangeProps): ReactNode {
  const old = useFile(address, change.before === undefined ? undefined : before, change.path);
  const now = useFile(address, change.after === undefined ? undefined : after, change.path);
  const error = old.error ?? now.error;
  const isReady =
    (change.before === undefined || old.data !== undefined) && (change.after === undefined || now.data !== undefined);
  return (
    <div className={classes["body"]}>
      {error !== null ? (
        <Problem error={error} />
      ) : isReady ? (
        <Difference path={change.path} before={old.data} after={now.data} />
      ) : (
        <Loading rows={2} />
      )}
    </div>
  );
}

function Difference(props: {
  readonly path: string;
  readonly before: FileText | undefined;
  readonly after: FileText | undefined;
}): ReactNode {
  const { before, after } = props;
  const isText = before?.kind !== "binary" && after?.kind !== "binary";
  const [was, is] = [before, after].map((file) => (file?.kind === "text" ? file.text : ""));
  const hunks = useMemo(() => (isText ? compareTexts(was ?? "", is ?? "") : []), [isText, was, is]);
  if (!isText) return <Note>It is not text, so only its size and digest are compared.</Note>;
  if (hunks === undefined)
    return <Note>The two files are too different to compare by line. Open each one in Files.</Note>;
  if (hunks.length === 0)
    return <Note>{was === is ? "There are no lines to show." : "Only line endings differ."}</Note>;
  return <Hunks path={props.path} hunks={hunks} />;
}

function Note({ children }: { readonly children: string }): ReactNode {
  return (
    <Text size="sm" c="dimmed" p="sm">
      {children}
    </Text>
  );
}

const signs = { same: " ", added: "+", removed: "-" } as const;
const spoken = { same: undefined, added: "added", removed: "removed" } as const;

function Hunks({ path, hunks }: { readonly path: string; readonly hunks: readonly Hunk[] }): ReactNode {
  return (
    <div className={classes["box"]} tabIndex={0} role="region" aria-label={`Lines that differ in ${showHidden(path)}`}>
      <div className={classes["lines"]}>
        {hunks.map((hunk, index) => (
          <div key={index} className={classes["hunk"]}>
            {hunk.lines.map(({ kind, text, before, after }, row) => (
              <div key={row} className={classes["line"]} data-kind={kind}>
                <span className={classes["number"]}>{before}</span>
                <span className={classes["number"]}>{after}</span>
                <span className={classes["sign"]} role={kind === "same" ? undefined : "img"} aria-label={spoken[kind]}>
                  {signs[kind]}
                </span>
                <code className={classes["text"]}>
                  <ShownText text={text} />
                </code>
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
