import { Autocomplete, Group, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { AuditList } from "@sealrun/protocol";
import { type InfiniteData, keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { alsoOf, topicKey } from "../../platform/queries.ts";
import { isSpan, spanChoices } from "./filter.ts";
import type { AuditSearch } from "./search.ts";

/** The first parts of actions; a whole action can be typed. */
const actions = ["event", "execution", "executor", "package", "project", "schedule", "secret", "session", "state"];

/** How many packages or actors are offered for what is typed. */
const maxOffered = 10;

/** The filters of the rows; the address has all of them. */
export function AuditFilters(props: {
  readonly search: AuditSearch;
  readonly onSearch: (change: AuditSearch) => void;
}): ReactNode {
  const { search, onSearch } = props;
  const client = useClient();
  const { data: projects } = useQuery({
    queryKey: topicKey("projects"),
    queryFn: async () => client.listProjects(),
  });
  const known: readonly string[] = (projects ?? []).map(({ name }) => name);
  const seen = useSeenActions();
  const names = search.project === undefined || known.includes(search.project) ? known : [search.project, ...known];
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label="Narrow the rows">
      <Select
        label="Project"
        placeholder="Any"
        data={names}
        value={search.project ?? null}
        onChange={(project) => onSearch({ project: project ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": "Any project" }}
        searchable
        flex="1 1 150px"
      />
      <Typed
        label="Action"
        placeholder="secret, or secret.set"
        options={unique([...actions, ...seen])}
        value={search.action}
        onChange={(action) => onSearch({ action })}
      />
      <ActorField value={search.actor} onChange={(actor) => onSearch({ actor })} />
      <ObjectField value={search.object} onChange={(object) => onSearch({ object })} />
      <Select
        label="Time"
        placeholder="Any"
        data={spanChoices}
        value={search.span ?? null}
        onChange={(span) => onSearch({ span: isSpan(span) ? span : undefined })}
        clearable
        clearButtonProps={{ "aria-label": "Any time" }}
        flex="1 1 150px"
      />
    </Group>
  );
}

interface FieldProps {
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** An actor by a part of its name, from more rows than are loaded. */
function ActorField(props: FieldProps): ReactNode {
  const client = useClient();
  const { text, isUsed, onType, onUse } = useTyped();
  const { data } = useQuery({
    queryKey: ["audit actors", text],
    queryFn: async ({ signal }) => client.listAuditActors({ text, limit: maxOffered }, signal),
    enabled: isUsed,
    placeholderData: keepPreviousData,
  });
  return (
    <Typed
      {...props}
      label="Actor"
      placeholder="As shown in the list"
      options={data ?? []}
      onType={onType}
      onUse={onUse}
    />
  );
}

/** An id, or a package by its name; packages are offered while one types. */
function ObjectField(props: FieldProps): ReactNode {
  const client = useClient();
  const { text, isUsed, onType, onUse } = useTyped();
  const { data } = useQuery({
    queryKey: topicKey("packages", "found", text, "objects"),
    queryFn: async ({ signal }) => client.findNames({ text, archived: true, limit: maxOffered }, signal),
    meta: alsoOf("projects"),
    enabled: isUsed,
    placeholderData: keepPreviousData,
  });
  return (
    <Typed
      {...props}
      label="Object"
      placeholder="A package, or an id"
      options={(data?.packages ?? []).map((found) => `${found.project}/${found.package}`)}
      onType={onType}
      onUse={onUse}
    />
  );
}

/** What a field with suggestions asks for: nothing before it is used, and then what is typed, not each letter. */
function useTyped() {
  const [typed, onType] = useState("");
  const [isUsed, setIsUsed] = useState(false);
  const [text] = useDebouncedValue(typed.trim(), 200);
  return { text, isUsed, onType, onUse: () => setIsUsed(true) };
}

/** The actions of all rows that this window has loaded. */
function useSeenActions(): readonly string[] {
  const queries = useQueryClient();
  const rows = queries
    .getQueriesData<InfiniteData<AuditList>>({ queryKey: ["audit"] })
    .flatMap(([, data]) => (data?.pages ?? []).flatMap((page) => page.rows));
  return unique(rows.map(({ action }) => action));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}

/** A field whose text is applied on Enter, by a choice, or when focus leaves it: half an id finds nothing. */
function Typed(
  props: FieldProps & {
    readonly label: string;
    readonly placeholder: string;
    readonly options: readonly string[];
    readonly onType?: (text: string) => void;
    readonly onUse?: () => void;
  },
): ReactNode {
  const [typed, setTyped] = useState(props.value ?? "");
  const [seen, setSeen] = useState(props.value);
  if (seen !== props.value) {
    // A link has changed the address.
    setSeen(props.value);
    setTyped(props.value ?? "");
  }
  const apply = (text: string): void => {
    const wanted = text.trim() === "" ? undefined : text.trim();
    if (wanted !== props.value) props.onChange(wanted);
  };
  return (
    <Autocomplete
      label={props.label}
      placeholder={props.placeholder}
      value={typed}
      data={[...props.options]}
      limit={50}
      // Inside the region of the filters, where a reader of the page expects it.
      comboboxProps={{ withinPortal: false }}
      maxLength={257}
      autoComplete="off"
      spellCheck={false}
      flex="1 1 150px"
      onChange={(text) => {
        setTyped(text);
        props.onType?.(text);
      }}
      onFocus={props.onUse}
      onBlur={() => apply(typed)}
      onKeyDown={({ key }) => {
        if (key === "Enter") apply(typed);
      }}
      onOptionSubmit={apply}
      clearable
      clearButtonProps={{ "aria-label": `Any ${props.label.toLowerCase()}` }}
    />
  );
}
