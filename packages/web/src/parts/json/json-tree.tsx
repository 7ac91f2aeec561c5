import { ActionIcon, Button, CopyButton, Group, Text, TextInput, Tooltip } from "@mantine/core";
import type { JsonValue } from "@sealrun/protocol";
import { IconCheck, IconChevronRight, IconCopy, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { allPaths, findInJson, type JsonRow, jsonRows, openAtFirst, rootPath, showLeaf } from "./json-rows.ts";
import classes from "./json-tree.module.css";
import { findPattern } from "../log/line-parts.ts";
import { LineText } from "../log/line-text.tsx";
import { showCount } from "../text/show-count.ts";

const rowHeight = 22;
const maxRows = 24;
/** Longer texts are shown cut; a copy has all of them. */
const shownCharacters = 400;

/** A JSON value as a tree to open, search and copy. Only the lines in view are in the page. */
export function JsonTree(props: {
  readonly value: JsonValue;
  readonly label: string;
  readonly isSmall?: boolean;
}): ReactNode {
  const { value } = props;
  const [chosen, setChosen] = useState<ReadonlySet<string>>();
  const [find, setFind] = useState("");
  const pattern = useMemo(() => findPattern(find), [find]);
  const found = useMemo(() => findInJson(value, pattern), [value, pattern]);
  const first = useMemo(() => openAtFirst(value), [value]);
  const open = useMemo(() => new Set([...(chosen ?? first), ...found.open]), [chosen, first, found]);
  const rows = useMemo(() => jsonRows(value, open), [value, open]);
  const onToggle = (path: string): void => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setChosen(next);
  };
  return (
    <div>
      {props.isSmall === true ? null : (
        <Group gap="xs" mb="xs">
          <TextInput
            size="xs"
            flex="1 1 160px"
            maw={320}
            aria-label={`Search ${props.label}`}
            placeholder="Search"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
          <Text size="xs" c="dimmed" role="status">
            {find === "" ? "" : `${found.found.length} found`}
          </Text>
          <Group gap={4} ml="auto">
            <Button size="compact-xs" variant="subtle" onClick={() => setChosen(allPaths(value))}>
              Open all
            </Button>
            <Button size="compact-xs" variant="subtle" onClick={() => setChosen(new Set([rootPath]))}>
              Close all
            </Button>
            <Copy value={value} label={props.label} />
          </Group>
        </Group>
      )}
      <Rows rows={rows} find={pattern} label={props.label} onToggle={onToggle} />
    </div>
  );
}

function Copy({ value, label }: { readonly value: JsonValue; readonly label: string }): ReactNode {
  const text = useMemo(() => JSON.stringify(value, undefined, 2), [value]);
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy as JSON"}>
          <ActionIcon size="sm" variant="subtle" aria-label={`Copy ${label} as JSON`} onClick={copy}>
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

interface RowsProps {
  readonly rows: readonly JsonRow[];
  readonly find: RegExp | undefined;
  readonly label: string;
  readonly onToggle: (path: string) => void;
}

function Rows({ rows, find, label, onToggle }: RowsProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const current = Math.min(active, rows.length - 1);
  const focus = (index: number): void => {
    setActive(index);
    list.scrollToIndex(index, { align: "auto" });
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[current];
    if (row === undefined) return;
    const next = moved(event.key, rows, current);
    const toggles = event.key === "Enter" || event.key === " " || next === "toggle";
    if (!toggles && next === undefined) return;
    event.preventDefault();
    if (typeof next === "number") focus(next);
    else if (row.size !== undefined) onToggle(row.path);
  };
  return (
    <div
      ref={box}
      className={classes["box"]}
      style={{ height: Math.min(rows.length, maxRows) * rowHeight }}
      role="tree"
      aria-label={label}
      tabIndex={-1}
    >
      <div className={classes["rows"]} style={{ height: list.getTotalSize() }} role="presentation">
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <div
              key={row.path}
              data-index={index}
              className={classes["row"]}
              style={{ transform: `translateY(${start}px)`, paddingLeft: row.depth * 18 }}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-expanded={row.size === undefined ? undefined : row.isOpen}
              aria-selected={index === current}
              tabIndex={index === current ? 0 : -1}
              onFocus={() => setActive(index)}
              onClick={() => {
                if (row.size !== undefined) onToggle(row.path);
              }}
              onKeyDown={onKeyDown}
            >
              <Row row={row} find={find} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What a key does: moves to another row, or opens or closes the current one. */
function moved(key: string, rows: readonly JsonRow[], current: number): number | "toggle" | undefined {
  const row = rows[current];
  if (key === "ArrowDown") return Math.min(current + 1, rows.length - 1);
  if (key === "ArrowUp") return Math.max(current - 1, 0);
  if (key === "Home") return 0;
  if (key === "End") return rows.length - 1;
  if (key === "ArrowRight" && row?.size !== undefined)
    return row.isOpen ? Math.min(current + 1, rows.length - 1) : "toggle";
  if (key !== "ArrowLeft" || row === undefined) return undefined;
  if (row.isOpen) return "toggle";
  const parent = rows.slice(0, current).findLastIndex(({ depth }) => depth < row.depth);
  return parent === -1 ? undefined : parent;
}

function Row({ row, find }: { readonly row: JsonRow; readonly find: RegExp | undefined }): ReactNode {
  const { key, value, size, isOpen } = row;
  return (
    <>
      <IconChevronRight
        size={14}
        aria-hidden
        className={classes["chevron"]}
        data-open={isOpen ? "" : undefined}
        data-leaf={size === undefined ? "" : undefined}
      />
      {key === undefined ? null : (
        <span className={classes["key"]}>
          <LineText text={String(key)} find={find} />
          {": "}
        </span>
      )}
      {size === undefined ? (
        <Leaf value={value} find={find} />
      ) : (
        <span className={classes["size"]}>{holds(value, size)}</span>
      )}
    </>
  );
}

function Leaf({ value, find }: { readonly value: JsonValue; readonly find: RegExp | undefined }): ReactNode {
  const text = showLeaf(value);
  const isText = typeof value === "string";
  return (
    <span className={classes[isText ? "text" : "word"]}>
      {isText ? '"' : ""}
      <LineText text={text.slice(0, shownCharacters)} find={find} />
      {isText ? '"' : ""}
      {text.length > shownCharacters ? ` … ${showCount(text.length)} characters` : ""}
    </span>
  );
}

function holds(value: JsonValue, size: number): string {
  const [open, close, one, many] = Array.isArray(value) ? ["[", "]", "item", "items"] : ["{", "}", "key", "keys"];
  return size === 0 ? `${open}${close}` : `${open} ${size} ${size === 1 ? one : many} ${close}`;
}
