import { Alert, Center, Group, Loader, Stack, Text } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { type ExecutionInfo, isFinal } from "@sealrun/protocol";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useDeferredValue, useMemo, useState } from "react";
import { saveText } from "../../../parts/export/save-text.ts";
import { findPattern } from "../../../parts/log/line-parts.ts";
import { Problem } from "../../../parts/page/problem.tsx";
import { useIsNarrow } from "../../../parts/narrow/use-is-narrow.ts";
import { logAsText } from "./log-file.ts";
import { LogList, type LogListProps } from "./log-list.tsx";
import type { Stream } from "./log-store.ts";
import { type LogSettings, LogTools } from "./log-tools.tsx";
import { createLogView, isWanted, type LogView, nextMatch, rowOf } from "./log-view.ts";
import { useSources } from "./source-link.tsx";
import { type Log, useEarlyLine, useLogSize } from "./use-log.ts";
import { showCount } from "../../../parts/text/show-count.ts";

/** The log of an execution, live: search, filters, links to lines. */
export function LogPanel({ execution, log }: { readonly execution: ExecutionInfo; readonly log: Log }): ReactNode {
  const search = useSearch({ from: "/executions/$execution" });
  const navigate = useNavigate({ from: "/executions/$execution" });
  const isNarrow = useIsNarrow();
  const [settings, setSettings] = useState<LogSettings>({
    isWrapped: isNarrow,
    hasTime: !isNarrow,
    isFollowing: !isFinal(execution.status) && search.line === undefined,
  });
  const [streams, setStreams] = useState<readonly Stream[]>([]);
  const [levels, setLevels] = useState<readonly string[]>([]);
  const [find, setFind] = useState(search.find ?? "");
  // Typed text is shown at once; the search of a hundred thousand lines follows.
  const wanted = useDeferredValue(find);
  const { step } = search;
  const size = useLogSize(log.store);
  const view = useMemo(
    () => createLogView(log.store, { step, streams, levels, find: wanted }),
    [log.store, step, streams, levels, wanted],
  );
  // Stored lines are in the view before it is drawn.
  view.update();
  const early = useEarlyLine(log.store);
  const pattern = useMemo(() => findPattern(wanted), [wanted]);
  const sources = useSources(execution);
  const { target, match, move } = useTarget(view, search.line);
  const router = useRouter();
  const keepFind = useDebouncedCallback((text: string, typedAt: string) => {
    // Who has left for another page, which may still be loading, must not be brought back.
    if (router.latestLocation.pathname !== typedAt) return;
    void navigate({ search: (before) => ({ ...before, find: text === "" ? undefined : text }), replace: true });
  }, 300);
  const onFollow = useCallback((isFollowing: boolean) => setSettings((before) => ({ ...before, isFollowing })), []);
  const onLink = (line: number): void => {
    void navigate({ search: (before) => ({ ...before, tab: "log", line }), replace: true });
    void copyLink(line);
  };
  return (
    <Stack gap="xs">
      <LogTools
        find={find}
        onFind={(text) => {
          setFind(text);
          keepFind(text, router.latestLocation.pathname);
        }}
        match={match}
        matches={view.matches.length}
        onMove={move}
        steps={execution.steps.map(({ name }) => name)}
        step={step}
        onStep={(next) => void navigate({ search: (before) => ({ ...before, step: next }), replace: true })}
        streams={streams}
        onStreams={setStreams}
        levels={levels}
        onLevels={setLevels}
        settings={settings}
        onSettings={setSettings}
        onDownload={() => saveText(`${execution.package}-${execution.id}.log`, logAsText(log.store), "text/plain")}
      />
      <State log={log} shown={view.rows.length} size={size} />
      <Lines
        whenEmpty={emptyWords(execution, log)}
        store={log.store}
        rows={view.rows}
        early={early !== undefined && isWanted(early, { step, streams, levels }) ? early : undefined}
        find={pattern}
        sources={sources}
        isWrapped={settings.isWrapped}
        hasTime={settings.hasTime}
        steps={step === undefined ? execution.steps.map(({ name }) => name) : []}
        isFollowing={settings.isFollowing}
        onFollow={onFollow}
        target={target}
        onLink={onLink}
      />
    </Stack>
  );
}

/** The line to bring into view: the linked line, then one match after another. */
function useTarget(
  view: LogView,
  line: number | undefined,
): {
  readonly target: LogListProps["target"];
  readonly match: number | undefined;
  readonly move: (by: 1 | -1) => void;
} {
  const [moved, setMoved] = useState<{ readonly view: LogView; readonly match: number }>();
  const match = moved?.view === view ? moved.match : undefined;
  const linked = line !== undefined && line <= (view.rows.at(-1) ?? -1) + 1 ? rowOf(view.rows, line - 1) : undefined;
  const row = match === undefined ? linked : view.matches[match];
  const target = useMemo(() => (row === undefined ? undefined : { row, at: match ?? -1 }), [row, match]);
  const move = (by: 1 | -1): void => {
    const next = nextMatch(view, match, by);
    if (next !== undefined) setMoved({ view, match: next });
  };
  return { target, match, move };
}

function Lines({ whenEmpty, ...list }: LogListProps & { readonly whenEmpty: string | undefined }): ReactNode {
  const why = list.store.size() === 0 ? whenEmpty : "No line matches the filter.";
  if (list.rows.length > 0 || list.early !== undefined || why === undefined) return <LogList {...list} />;
  return (
    <Center py="xl">
      <Text c="dimmed" size="sm">
        {why}
      </Text>
    </Center>
  );
}

/** The text for an empty log; undefined while lines may still arrive. */
function emptyWords({ status, logDeleted }: ExecutionInfo, { state }: Log): string | undefined {
  if (logDeleted != null) return `${logDeleted.sentence}.`;
  if (state.kind === "ended") return "It has no output.";
  return status === "queued" ? "Lines appear here as soon as it runs." : undefined;
}

function State({ log, shown, size }: { readonly log: Log; readonly shown: number; readonly size: number }): ReactNode {
  const { state } = log;
  if (state.kind === "refused") return <Problem error={state.error} title="The log cannot be read" />;
  const lines = `${showCount(shown)}${shown === size ? "" : ` of ${showCount(size)}`} ${size === 1 ? "line" : "lines"}`;
  return (
    <>
      {state.kind === "lost" ? (
        <Alert color="orange" role="status" p="xs">
          The connection was lost. The log continues from its last line as soon as the platform answers.
        </Alert>
      ) : null}
      <Group gap="xs">
        {state.kind === "loading" || state.kind === "live" ? <Loader size={12} aria-hidden /> : null}
        <Text size="xs" c="dimmed">
          {words[state.kind]}
          {lines}
        </Text>
      </Group>
    </>
  );
}

const words = { loading: "Loading, ", live: "Live, ", lost: "", ended: "" } as const;

async function copyLink(line: number): Promise<void> {
  const address = new URL(globalThis.location.href);
  address.searchParams.set("line", String(line));
  try {
    await navigator.clipboard.writeText(address.href);
    notifications.show({ message: `Link to line ${line} copied` });
  } catch {
    notifications.show({ message: `The address of this page now links to line ${line}` });
  }
}
