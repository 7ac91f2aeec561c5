import { countOf } from "@sealrun/protocol";
import { Code, Group, Paper, SegmentedControl, Stack, Text, Textarea, Title } from "@mantine/core";
import type { MissingName } from "@sealrun/client";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { judgeValue, unjudged } from "../secrets/set/value-checks.ts";
import { privateField } from "../../parts/text/private-field.ts";
import hidden from "../secrets/set/value-field.module.css";
import type { TypedScope } from "./typed-values.ts";

/** The fields by name: a value exists only in its field. */
export type ValueFields = RefObject<Map<string, HTMLTextAreaElement>>;

/** Takes values of names that the scripts ask for and no scope has. They are sealed with the upload; a field may stay empty. */
export function MissingValues(props: {
  readonly missing: readonly MissingName[];
  readonly fields: ValueFields;
  readonly scopes: ReadonlyMap<string, TypedScope>;
  readonly onScope: (name: string, scope: TypedScope) => void;
}): ReactNode {
  const { missing, fields, scopes, onScope } = props;
  if (missing.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label="Missing secrets">
      <Stack gap="md">
        <div>
          <Title order={2}>{countOf(missing.length, "secret")} missing</Title>
          <Text size="sm">
            The scripts ask for {missing.length === 1 ? "a name" : "names"} that no scope has. A value that you type
            here is sealed in this browser with the upload. It may also come later, or never: see{" "}
            <a href="/guides/packages#names-that-may-be-missing" target="_blank" rel="noopener">
              names that may be missing
            </a>
            .
          </Text>
        </div>
        {missing.map((one) => (
          <OneValue
            key={one.name}
            missing={one}
            fields={fields}
            scope={scopes.get(one.name) ?? "service"}
            onScope={(scope) => onScope(one.name, scope)}
          />
        ))}
      </Stack>
    </Paper>
  );
}

function OneValue(props: {
  readonly missing: MissingName;
  readonly fields: ValueFields;
  readonly scope: TypedScope;
  readonly onScope: (scope: TypedScope) => void;
}): ReactNode {
  const { missing, fields, scope } = props;
  const { name, place, others, meant, isFailing } = missing;
  const field = useRef<HTMLTextAreaElement>(null);
  const [judged, setJudged] = useState(unjudged);
  useEffect(() => {
    const [known, element] = [fields.current, field.current];
    if (element !== null) known.set(name, element);
    return () => {
      // A tool or a library may keep the element.
      if (element !== null) element.value = "";
      known.delete(name);
    };
  }, [fields, name]);
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" component="div">
          <Code>
            <ShownText text={name} />
          </Code>{" "}
          in <ShownText text={place} />
          {others === 0 ? "" : ` and ${others} more`}
          {isFailing ? "; without it the step fails" : "; without it the script gets nothing"}
          {meant === undefined ? null : (
            <>
              ; did you mean <ShownText text={meant} />?
            </>
          )}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={`Store ${name} for the`}
          value={scope}
          data={[
            { value: "service", label: "Package" },
            { value: "project", label: "Project" },
          ]}
          onChange={(chosen) => props.onScope(chosen === "project" ? "project" : "service")}
        />
      </Group>
      <Textarea
        ref={field}
        aria-label={`Value of ${name}`}
        placeholder="Value"
        rows={1}
        resize="vertical"
        classNames={{ input: `${hidden["value"]} ${hidden["hidden"]}` }}
        {...privateField}
        error={judged.problem}
        onInput={({ currentTarget: { value } }) => setJudged(value === "" ? unjudged : judgeValue(value, "text"))}
      />
      <div role="status">
        {judged.warnings.map(({ kind, sentence }) => (
          <Text key={kind} size="sm" c="var(--mantine-color-orange-light-color)">
            {sentence}
          </Text>
        ))}
      </div>
    </Stack>
  );
}
