import { ActionIcon, Button, Group, Menu, Select, Text, TextInput, Tooltip } from "@mantine/core";
import {
  IconChevronDown,
  IconChevronsDown,
  IconChevronUp,
  IconClock,
  IconDownload,
  IconFilter,
  IconSearch,
  IconTextWrap,
} from "@tabler/icons-react";
import type { KeyboardEvent, ReactNode } from "react";
import type { Stream } from "./log-store.ts";
import { showCount } from "../../../parts/text/show-count.ts";

/** The switches above a log. */
export interface LogSettings {
  readonly isWrapped: boolean;
  readonly hasTime: boolean;
  readonly isFollowing: boolean;
}

/** What the tools show, and their callbacks. */
export interface LogToolsProps {
  readonly find: string;
  readonly onFind: (find: string) => void;
  /** Which of `matches` is shown, from 0. */
  readonly match: number | undefined;
  readonly matches: number;
  readonly onMove: (by: 1 | -1) => void;
  readonly steps: readonly string[];
  readonly step: string | undefined;
  readonly onStep: (step: string | undefined) => void;
  readonly streams: readonly Stream[];
  readonly onStreams: (streams: readonly Stream[]) => void;
  readonly levels: readonly string[];
  readonly onLevels: (levels: readonly string[]) => void;
  readonly settings: LogSettings;
  readonly onSettings: (settings: LogSettings) => void;
  readonly onDownload: () => void;
}

/** Search, filters and switches of a log. */
export function LogTools(props: LogToolsProps): ReactNode {
  const { settings, onSettings } = props;
  return (
    <Group gap="xs" align="center">
      <Search {...props} />
      {props.steps.length < 2 ? null : (
        <Select
          size="sm"
          w={160}
          aria-label="Step"
          placeholder="All steps"
          clearable
          clearButtonProps={{ "aria-label": "All steps" }}
          data={[...props.steps]}
          value={props.step ?? null}
          onChange={(step) => props.onStep(step ?? undefined)}
        />
      )}
      <Filter {...props} />
      <Group gap={4} ml="auto">
        <Toggle
          label="Follow the end"
          short="Follow"
          isOn={settings.isFollowing}
          onChange={(isFollowing) => onSettings({ ...settings, isFollowing })}
          icon={<IconChevronsDown size={16} aria-hidden />}
        />
        <Toggle
          label="Wrap lines"
          short="Wrap"
          isOn={settings.isWrapped}
          onChange={(isWrapped) => onSettings({ ...settings, isWrapped })}
          icon={<IconTextWrap size={16} aria-hidden />}
        />
        <Toggle
          label="Show times"
          short="Times"
          isOn={settings.hasTime}
          onChange={(hasTime) => onSettings({ ...settings, hasTime })}
          icon={<IconClock size={16} aria-hidden />}
        />
        <Tool label="Download as text" short="Download" onClick={props.onDownload}>
          <IconDownload size={16} aria-hidden />
        </Tool>
      </Group>
    </Group>
  );
}

function Search({ find, onFind, match, matches, onMove }: LogToolsProps): ReactNode {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") onMove(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") onFind("");
  };
  const count =
    find === ""
      ? ""
      : matches === 0
        ? "None"
        : `${match === undefined ? "–" : showCount(match + 1)} of ${showCount(matches)}`;
  return (
    <Group gap={4} flex="1 1 260px" maw={460} wrap="nowrap">
      <TextInput
        size="sm"
        flex={1}
        miw={0}
        aria-label="Search the log"
        placeholder="Search the log"
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          <Text size="xs" c="dimmed" role="status" style={{ whiteSpace: "nowrap" }}>
            {count}
          </Text>
        }
        rightSectionWidth={count === "" ? 8 : 84}
        value={find}
        onChange={(event) => onFind(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon
        size="lg"
        variant="default"
        aria-label="Previous match"
        disabled={matches === 0}
        onClick={() => onMove(-1)}
      >
        <IconChevronUp size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon
        size="lg"
        variant="default"
        aria-label="Next match"
        disabled={matches === 0}
        onClick={() => onMove(1)}
      >
        <IconChevronDown size={18} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

const streams = [
  { value: "stdout", label: "Standard output" },
  { value: "stderr", label: "Standard error" },
  { value: "sdk", label: "Logged" },
  { value: "system", label: "By sealrun" },
] as const satisfies readonly { readonly value: Stream; readonly label: string }[];
const levels = ["debug", "info", "warning", "error", "critical"] as const;

function Filter(props: LogToolsProps): ReactNode {
  const set = props.streams.length + props.levels.length;
  return (
    <Menu closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <Button variant="default" size="sm" leftSection={<IconFilter size={16} aria-hidden />}>
          {set === 0 ? "Filter" : `Filter (${set})`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Written to</Menu.Label>
        {streams.map(({ value, label }) => (
          <Choice
            key={value}
            label={label}
            isOn={props.streams.includes(value)}
            onChange={() => props.onStreams(toggled(props.streams, value))}
          />
        ))}
        <Menu.Label>Level</Menu.Label>
        {levels.map((level) => (
          <Choice
            key={level}
            label={level}
            isOn={props.levels.includes(level)}
            onChange={() => props.onLevels(toggled(props.levels, level))}
          />
        ))}
        <Menu.Divider />
        <Menu.Item
          disabled={set === 0}
          onClick={() => {
            props.onStreams([]);
            props.onLevels([]);
          }}
        >
          Show all
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice(props: { readonly label: string; readonly isOn: boolean; readonly onChange: () => void }): ReactNode {
  return (
    <Menu.Item
      role="menuitemcheckbox"
      aria-checked={props.isOn}
      onClick={props.onChange}
      rightSection={props.isOn ? "✓" : undefined}
    >
      {props.label}
    </Menu.Item>
  );
}

function toggled<T>(set: readonly T[], item: T): readonly T[] {
  return set.includes(item) ? set.filter((other) => other !== item) : [...set, item];
}

function Toggle(props: {
  readonly label: string;
  readonly short: string;
  readonly icon: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}): ReactNode {
  const { label, short, icon, isOn, onChange } = props;
  return (
    <Tool label={label} short={short} isOn={isOn} onClick={() => onChange(!isOn)}>
      {icon}
    </Tool>
  );
}

/** An icon, and its word beside it: an icon only says nothing on a screen without a pointer. */
function Tool(props: {
  readonly label: string;
  readonly short: string;
  readonly isOn?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Tooltip label={props.label}>
      <Button
        size="sm"
        px={5}
        variant={props.isOn === true ? "light" : "default"}
        aria-label={props.label}
        aria-pressed={props.isOn}
        onClick={props.onClick}
      >
        {props.children}
        <Text span inherit ml={4} fz="xs">
          {props.short}
        </Text>
      </Button>
    </Tooltip>
  );
}
