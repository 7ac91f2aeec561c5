import {
  ActionIcon,
  Checkbox,
  Group,
  Input,
  NativeSelect,
  Radio,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import type { ParameterField } from "@sealrun/protocol";
import { IconChevronDown, IconChevronUp, IconLock } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { defaultChoices, defaultText, isPrefilled, mustBeFilled, stepNumber } from "./form-values.ts";
import { SealedText } from "./sealed-text.tsx";

/** A field of the form: its rules, and what is wrong with its value now. */
export interface FieldProps {
  readonly field: ParameterField;
  readonly problem: string | undefined;
}

/** One parameter. Its value lives only in its input: it is never part of the page's state, a query or an address. */
export function Field(props: FieldProps): ReactNode {
  switch (props.field.type) {
    case "text":
    case "file":
    case "textarea":
      return <TextField {...props} />;
    case "int":
    case "float":
      return <NumberField {...props} />;
    case "bool":
    case "checkbox":
      return <TruthField {...props} />;
    case "select":
      return <SelectField {...props} />;
    case "radio":
    case "multiselect":
      return <ChoicesField {...props} />;
  }
}

function TextField({ field, problem }: FieldProps): ReactNode {
  const isLong = field.type === "textarea";
  return (
    <SealedText
      {...common(field, problem)}
      name={field.name}
      isLong={isLong}
      isMasked={field.visible !== true}
      defaultValue={isPrefilled(field) ? defaultText(field) : ""}
      placeholder={placeholderOf(field)}
    />
  );
}

function NumberField({ field, problem }: FieldProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const isSealed = field.visible !== true;
  const step = (by: 1 | -1): void => {
    const element = input.current;
    const next = element === null ? undefined : stepNumber(field, element.value, by);
    if (element === null || next === undefined) return;
    element.value = next;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    step(event.key === "ArrowUp" ? 1 : -1);
  };
  if (isSealed) {
    return (
      <SealedText
        {...common(field, problem)}
        name={field.name}
        isLong={false}
        isMasked
        inputMode="decimal"
        defaultValue=""
        placeholder={placeholderOf(field)}
      />
    );
  }
  return (
    <TextInput
      {...common(field, problem)}
      ref={input}
      name={field.name}
      inputMode="decimal"
      autoComplete="off"
      maw={260}
      defaultValue={defaultText(field)}
      placeholder={placeholderOf(field)}
      onKeyDown={onKeyDown}
      rightSectionWidth={56}
      rightSection={
        <Group gap={0} wrap="nowrap">
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            tabIndex={-1}
            aria-label={`Increase ${field.name}`}
            onClick={() => step(1)}
          >
            <IconChevronUp size={14} aria-hidden />
          </ActionIcon>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            tabIndex={-1}
            aria-label={`Decrease ${field.name}`}
            onClick={() => step(-1)}
          >
            <IconChevronDown size={14} aria-hidden />
          </ActionIcon>
        </Group>
      }
    />
  );
}

function TruthField({ field, problem }: FieldProps): ReactNode {
  const { label, description, error } = common(field, problem);
  return (
    <Checkbox
      name={field.name}
      label={label}
      description={description}
      error={error}
      value="true"
      defaultChecked={field.default === true}
    />
  );
}

function SelectField({ field, problem }: FieldProps): ReactNode {
  const [chosen = ""] = defaultChoices(field);
  const choices = (field.choices ?? []).map(({ title }, index) => ({ value: String(index), label: title }));
  const isRequired = field.required === true;
  const none = chosen !== "" && isRequired ? [] : [{ value: "", label: isRequired ? "Choose …" : "No choice" }];
  return (
    <NativeSelect
      {...common(field, problem)}
      name={field.name}
      maw={420}
      data={[...none, ...choices]}
      defaultValue={chosen}
    />
  );
}

function ChoicesField({ field, problem }: FieldProps): ReactNode {
  const chosen = new Set(defaultChoices(field));
  const isOne = field.type === "radio";
  const choices = (field.choices ?? []).map(({ title }, index) => {
    const given = { name: field.name, value: String(index), label: <ShownText text={title} /> };
    const isSet = chosen.has(String(index));
    return isOne ? (
      <Radio key={index} {...given} defaultChecked={isSet} />
    ) : (
      <Checkbox key={index} {...given} defaultChecked={isSet} />
    );
  });
  const { label, description, error } = common(field, problem);
  return (
    <Stack component="fieldset" gap={6} m={0} p={0} bd="none" aria-invalid={error === undefined ? undefined : true}>
      <legend style={{ padding: 0 }}>
        <Input.Label labelElement="div" required={mustBeFilled(field)}>
          {label}
        </Input.Label>
      </legend>
      {description === undefined ? null : (
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      )}
      {choices}
      {error === undefined ? null : (
        <Text size="xs" c="red" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}

interface Common {
  readonly label: ReactNode;
  readonly description: ReactNode;
  readonly error: string | undefined;
  readonly withAsterisk: boolean;
}

function common(field: ParameterField, problem: string | undefined): Common {
  return {
    label: <Label field={field} />,
    description: describe(field),
    error: problem,
    withAsterisk: mustBeFilled(field),
  };
}

function Label({ field }: { readonly field: ParameterField }): ReactNode {
  const shown = field.label ?? field.name;
  return (
    <>
      <ShownText text={shown} />
      {shown === field.name ? null : (
        <>
          {" "}
          <Text span size="xs" c="dimmed" ff="monospace" ml={4}>
            {field.name}
          </Text>
        </>
      )}
      {field.visible === true ? null : (
        <Tooltip label="Sealed in this browser; only its name is ever shown">
          <IconLock size={13} style={{ marginLeft: 5, verticalAlign: -1 }} aria-label="sealed" role="img" />
        </Tooltip>
      )}
    </>
  );
}

function describe(field: ParameterField): ReactNode {
  const range = rangeOf(field);
  const file = field.type === "file" ? "A path or an address; sealrun does not copy the file" : undefined;
  const parts = [field.description, file, range].filter((part) => part !== undefined && part !== "");
  return parts.length === 0 ? undefined : <ShownText text={parts.join(" · ")} />;
}

function rangeOf({ min, max }: ParameterField): string | undefined {
  if (min !== undefined && max !== undefined) return `From ${min} to ${max}`;
  if (min !== undefined) return `${min} or more`;
  return max === undefined ? undefined : `${max} or less`;
}

function placeholderOf(field: ParameterField): string | undefined {
  if (field.placeholder !== undefined) return String(field.placeholder);
  const text = defaultText(field);
  return text === "" ? undefined : `Default: ${text.slice(0, 80)}`;
}
