import { Button, Checkbox, Group, Input, List, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, type RefObject, useEffect, useState } from "react";
import { privateField } from "../../../parts/text/private-field.ts";
import classes from "./value-field.module.css";
import { judgeValue, unjudged, type ValueForm, type ValueWarning } from "./value-checks.ts";

/**
 * Where a value is typed: hidden, over several lines, as text or JSON. The value exists only in the field; the caller
 * reads and clears it through the reference. React state has only the problem and the warnings.
 */
export function ValueField(props: {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly form: ValueForm;
  readonly onForm: (form: ValueForm) => void;
  /** What was wrong at the last attempt to save. */
  readonly problem: string | undefined;
  readonly onTyped: () => void;
  readonly isFocused: boolean;
}): ReactNode {
  const { field, form, onForm, onTyped } = props;
  const [isShown, setIsShown] = useState(false);
  // A tool or a library may keep the element after the dialog has closed, so it is cleared.
  useEffect(() => {
    const element = field.current;
    return () => putText(element, "");
  }, [field]);
  const [judged, setJudged] = useState(unjudged);
  const judge = (as: ValueForm): void => {
    const text = textOf(field.current);
    setJudged(text === "" ? unjudged : judgeValue(text, as));
  };
  const judgeSoon = useDebouncedCallback(() => judge(form), 150);
  const replaceText = (text: string): void => {
    putText(field.current, text);
    judge(form);
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="flex-end" gap="xs">
        <Input.Label htmlFor="secret-value">Value</Input.Label>
        <SegmentedControl
          size="xs"
          aria-label="The value is"
          value={form}
          data={[
            { value: "text", label: "Text" },
            { value: "json", label: "JSON" },
          ]}
          onChange={(chosen) => {
            const next = chosen === "json" ? "json" : "text";
            onForm(next);
            judge(next);
          }}
        />
      </Group>
      <Textarea
        id="secret-value"
        ref={field}
        rows={5}
        resize="vertical"
        classNames={{ input: isShown ? classes["value"] : `${classes["value"]} ${classes["hidden"]}` }}
        {...privateField}
        {...(props.isFocused ? { "data-autofocus": true } : {})}
        description={
          form === "json"
            ? 'Any JSON value, such as {"user": "reporter"}'
            : "Stored exactly as typed; line breaks are allowed"
        }
        inputWrapperOrder={["label", "input", "description", "error"]}
        error={props.problem ?? judged.problem}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
        onInput={() => {
          onTyped();
          judgeSoon();
        }}
      />
      <Checkbox
        size="xs"
        label="Show what I type"
        checked={isShown}
        onChange={(event) => setIsShown(event.currentTarget.checked)}
      />
      <Warnings warnings={judged.warnings} onTrim={() => replaceText(trimmed(field, form))} />
    </Stack>
  );
}

/** The text of a field that React does not control. */
export function textOf(field: HTMLTextAreaElement | null): string {
  return field?.value ?? "";
}

/** Sets the text of such a field, which also clears the browser's undo history of it. */
export function putText(field: HTMLTextAreaElement | null, text: string): void {
  if (field !== null) field.value = text;
}

function trimmed(field: RefObject<HTMLTextAreaElement | null>, form: ValueForm): string {
  const text = textOf(field.current);
  return form === "text" ? text.trim() : text;
}

function Warnings(props: { readonly warnings: readonly ValueWarning[]; readonly onTrim: () => void }): ReactNode {
  return (
    <div role="status">
      <List size="sm" listStyleType="none" spacing={4}>
        {props.warnings.map(({ kind, sentence }) => (
          <List.Item key={kind}>
            <Group gap="xs">
              <Text size="sm" c="var(--mantine-color-orange-light-color)">
                {sentence}
              </Text>
              {kind === "line-end" || kind === "space" ? (
                <Button size="compact-xs" variant="default" onClick={props.onTrim}>
                  Remove it
                </Button>
              ) : null}
            </Group>
          </List.Item>
        ))}
      </List>
    </div>
  );
}
