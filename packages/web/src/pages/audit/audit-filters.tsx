import { Autocomplete, Group, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { isSpan, spanChoices } from "./filter.ts";
import type { AuditSearch } from "./search.ts";

/** The first parts of actions; a whole action can be typed. */
const actions = ["event", "execution", "executor", "package", "project", "schedule", "secret", "session", "state"];

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
        options={actions}
        value={search.action}
        onChange={(action) => onSearch({ action })}
      />
      <Typed
        label="Actor"
        placeholder="As shown in the list"
        value={search.actor}
        onChange={(actor) => onSearch({ actor })}
      />
      <Typed label="Object" placeholder="An id" value={search.object} onChange={(object) => onSearch({ object })} />
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

/** A field whose text is applied on Enter or when focus leaves it: half an id finds nothing. */
function Typed(props: {
  readonly label: string;
  readonly placeholder: string;
  readonly options?: readonly string[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}): ReactNode {
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
  const field = {
    label: props.label,
    placeholder: props.placeholder,
    value: typed,
    maxLength: 256,
    autoComplete: "off",
    spellCheck: false,
    flex: "1 1 150px",
    onBlur: () => apply(typed),
    onKeyDown: (event: { readonly key: string }) => {
      if (event.key === "Enter") apply(typed);
    },
  };
  if (props.options === undefined) {
    return <TextInput {...field} onChange={(event) => setTyped(event.currentTarget.value)} />;
  }
  return (
    <Autocomplete
      {...field}
      data={[...props.options]}
      onChange={setTyped}
      onOptionSubmit={apply}
      clearable
      clearButtonProps={{ "aria-label": `Any ${props.label.toLowerCase()}` }}
    />
  );
}
