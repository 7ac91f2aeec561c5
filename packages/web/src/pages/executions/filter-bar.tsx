import { Button, Group, Pill, Popover, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { shortId } from "../../parts/text/short-id.ts";
import { findSpan, timeSpans } from "../../parts/time/time-spans.ts";
import { checkIdStart, defaultSpan } from "./filter.ts";
import { type ExecutionsSearch, triggerKind } from "./search.ts";
import { ofLocalField, showRange, toLocalField } from "./time-range.ts";

interface FilterBarProps {
  readonly search: ExecutionsSearch;
  readonly onChange: (change: ExecutionsSearch) => void;
}

/** Filters by project, package, trigger, id and time; the address has them. */
export function FilterBar({ search, onChange }: FilterBarProps): ReactNode {
  return (
    <Stack gap="xs">
      <Group gap="xs" align="flex-start">
        <Places search={search} onChange={onChange} />
        <Select
          aria-label="Started by"
          placeholder="Started by anything"
          data={[
            { value: "request", label: "By a request" },
            { value: "schedule", label: "By a schedule" },
            { value: "event", label: "By an event" },
          ]}
          value={search.trigger ?? null}
          onChange={(value) => onChange({ trigger: triggerKind.safeParse(value).data })}
          clearable
          clearButtonProps={{ "aria-label": "Started by anything" }}
          flex="1 1 170px"
          maw={{ base: "100%", xs: 220 }}
        />
        <IdField key={search.id ?? ""} id={search.id ?? ""} onChange={onChange} />
      </Group>
      <Group gap="xs">
        <TimeChoice search={search} onChange={onChange} />
        {search.executor === undefined ? null : (
          <Pill
            size="md"
            withRemoveButton
            onRemove={() => onChange({ executor: undefined })}
            removeButtonProps={{ "aria-label": "Any executor", tabIndex: 0 }}
          >
            executor {shortId(search.executor)}
          </Pill>
        )}
      </Group>
    </Stack>
  );
}

function Places({ search, onChange }: FilterBarProps): ReactNode {
  const client = useClient();
  const { project } = search;
  const projects = useQuery({ queryKey: topicKey("projects"), queryFn: async () => client.listProjects() });
  const packages = useQuery({
    queryKey: topicKey("packages", project, "names"),
    queryFn: async () => client.listPackages(project ?? ""),
    enabled: project !== undefined,
  });
  const namesOf = (rows: readonly { readonly name: string }[] | undefined, chosen: string | undefined): string[] => [
    ...new Set([...(rows ?? []).map(({ name }) => name), ...(chosen === undefined ? [] : [chosen])]),
  ];
  return (
    <>
      <Select
        aria-label="Project"
        placeholder="All projects"
        data={namesOf(projects.data, project)}
        value={project ?? null}
        onChange={(value) => onChange({ project: value ?? undefined, package: undefined })}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "All projects" }}
        flex="1 1 170px"
        maw={{ base: "100%", xs: 240 }}
      />
      {project === undefined && search.package === undefined ? null : (
        <Select
          aria-label="Package"
          placeholder="All packages"
          data={namesOf(packages.data, search.package)}
          value={search.package ?? null}
          onChange={(value) => onChange({ package: value ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "All packages" }}
          flex="1 1 170px"
          maw={{ base: "100%", xs: 240 }}
        />
      )}
    </>
  );
}

/** Applied on Enter or when focus leaves it: applying at each key would fetch a list at each key. */
function IdField(props: { readonly id: string; readonly onChange: FilterBarProps["onChange"] }): ReactNode {
  const [typed, setTyped] = useState(props.id);
  const wrong = checkIdStart(typed.trim());
  const apply = (): void => {
    const id = typed.trim();
    if (wrong === undefined && id !== props.id) props.onChange({ id: id === "" ? undefined : id });
  };
  return (
    <TextInput
      aria-label="Id or its start"
      placeholder="Id: exe_…"
      value={typed}
      error={wrong}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === "Enter") apply();
      }}
      autoComplete="off"
      spellCheck={false}
      flex="1 1 150px"
      maw={{ base: "100%", xs: 280 }}
    />
  );
}

function TimeChoice({ search, onChange }: FilterBarProps): ReactNode {
  const { since, until } = search;
  const isOwn = since !== undefined || until !== undefined;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Time"
        data={timeSpans.map(({ value, short }) => ({ value, label: short }))}
        value={isOwn || search.id !== undefined ? "" : (search.span ?? defaultSpan)}
        onChange={(value) =>
          onChange({
            span: timeSpans.find((span) => span.value === value)?.value,
            since: undefined,
            until: undefined,
            id: undefined,
          })
        }
      />
      <OwnTime search={search} onChange={onChange} isOwn={isOwn} />
      {isOwn ? (
        <Button size="compact-sm" variant="subtle" onClick={() => onChange({ since: undefined, until: undefined })}>
          {findSpan(search.span ?? defaultSpan).short} again
        </Button>
      ) : null}
    </>
  );
}

function OwnTime(props: FilterBarProps & { readonly isOwn: boolean }): ReactNode {
  const { search, isOwn } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const open = (): void => {
    setSince(toLocalField(search.since));
    setUntil(toLocalField(search.until));
    setIsOpen(true);
  };
  const isBackwards = since !== "" && until !== "" && since >= until;
  const apply = (): void => {
    props.onChange({ since: ofLocalField(since), until: ofLocalField(until), id: undefined });
    setIsOpen(false);
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant={isOwn ? "light" : "subtle"}
          leftSection={<IconCalendar size={14} aria-hidden />}
          onClick={isOpen ? () => setIsOpen(false) : open}
        >
          {isOwn ? showRange(search.since, search.until) : "From … to"}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="From and to">
        <Stack gap="xs">
          <TextInput
            type="datetime-local"
            label="From"
            value={since}
            onChange={(event) => setSince(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            type="datetime-local"
            label="To"
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
            error={isBackwards ? "Must be after the start" : undefined}
          />
          <Button size="compact-sm" disabled={isBackwards || (since === "" && until === "")} onClick={apply}>
            Show
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
