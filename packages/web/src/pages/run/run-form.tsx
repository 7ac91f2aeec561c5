import { Button, Collapse, Group, Kbd, NativeSelect, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { type PackageInfo, type ParameterField, parametersFileSchema, type VersionInfo } from "@sealrun/protocol";
import { IconChevronRight, IconPlayerPlay } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { LeaveQuestion } from "../../parts/page/leave-guard.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ChooseVersion } from "./choose-version.tsx";
import { Field } from "./field.tsx";
import { findProblem, readForm, sealedNames } from "./form-values.ts";
import { FreeParameters } from "./free-parameters.tsx";
import { FormTools, Notes } from "./form-tools.tsx";
import { readFree, textsOf } from "./free-values.ts";
import { prefill } from "./prefill.ts";
import classes from "./run-form.module.css";

/** A run's form: the package, the version whose parameters it asks for, and what the address fills in. */
interface RunFormProps {
  readonly info: PackageInfo;
  readonly version: VersionInfo | null;
  /** The number of that version when it is not the newest. */
  readonly earlier: number | undefined;
  readonly search: Readonly<Record<string, unknown>>;
}

/** The form of a run. Typed values stay in their inputs until they are sealed; only their problems are state. */
export function RunForm({ info, version, earlier, search }: RunFormProps): ReactNode {
  const given = version?.parameters ?? null;
  const fields = useMemo(() => (given === null ? undefined : parametersFileSchema.parse(given).fields), [given]);
  const filled = useMemo(() => (fields === undefined ? undefined : prefill(fields, search)), [fields, search]);
  const form = useRef<HTMLFormElement>(null);
  const run = useRun({ info, version: earlier }, fields, form);
  // Works everywhere, also in a text of several lines.
  useHotkeys([["mod+Enter", () => form.current?.requestSubmit()]], []);
  return (
    <form ref={form} onSubmit={run.onSubmit} onInput={run.onInput} autoComplete="off" noValidate>
      <Stack gap="md" maw={1080}>
        <ChooseVersion info={info} chosen={earlier} />
        <FormTools info={info} fields={fields} form={form} version={earlier} />
        <Notes notes={filled?.notes ?? []} />
        <Paper withBorder p="md">
          <Stack gap="md">
            <Fields fields={filled?.fields} problems={run.problems} />
          </Stack>
        </Paper>
        <LeaveQuestion
          title="Leave without starting it?"
          text="The parameters that you typed are discarded."
          isUnsaved={run.isUnsaved}
        />
        <More priority={priorityOf(info)} />
        {run.error === undefined ? null : (
          <Problem error={run.error} title="It was not started" guide="packages#parametersjson" />
        )}
        <Group gap="sm">
          <Button type="submit" loading={run.isStarting} leftSection={<IconPlayerPlay size={16} aria-hidden />}>
            Run
          </Button>
          <Text size="xs" c="dimmed" visibleFrom="sm">
            <Kbd size="xs">Ctrl</Kbd> + <Kbd size="xs">Enter</Kbd>
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

function Fields(props: {
  readonly fields: readonly ParameterField[] | undefined;
  readonly problems: ReadonlyMap<string, string>;
}): ReactNode {
  const { fields, problems } = props;
  if (fields === undefined) return <FreeParameters />;
  if (fields.length === 0) return <Text size="sm">This package takes no parameters.</Text>;
  const hasSealed = fields.some(({ visible }) => visible !== true);
  return (
    <>
      <div className={classes["fields"]}>
        {fields.map((field) => (
          <div key={field.name} className={isWide(field) ? classes["wide"] : undefined}>
            <Field field={field} problem={problems.get(field.name)} />
          </div>
        ))}
      </div>
      {hasSealed ? (
        <Text size="xs" c="dimmed">
          Fields with a lock are sealed in this browser for this package. The run shows only their names.
        </Text>
      ) : null}
    </>
  );
}

/** Text of several lines has all of the width. */
function isWide({ type }: ParameterField): boolean {
  return type === "textarea";
}

function More({ priority }: { readonly priority: number }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const levels = Array.from({ length: 10 }, (_, index) => String(10 - index));
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        color="gray"
        aria-expanded={isOpen}
        leftSection={
          <IconChevronRight size={14} aria-hidden style={{ transform: isOpen ? "rotate(90deg)" : undefined }} />
        }
        onClick={() => setIsOpen(!isOpen)}
      >
        Priority and start time
      </Button>
      <Collapse expanded={isOpen}>
        <Group align="flex-start" mt="xs">
          <NativeSelect
            name=":priority"
            label="Priority"
            description="10 runs first, 1 last"
            data={[{ value: "", label: `Default of the package (${priority})` }, ...levels]}
          />
          <TextInput
            name=":not-before"
            type="datetime-local"
            label="Not before"
            description={`In your zone, ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`}
          />
        </Group>
      </Collapse>
    </div>
  );
}

interface Run {
  readonly problems: ReadonlyMap<string, string>;
  readonly error: unknown;
  readonly isStarting: boolean;
  /** True when leaving would lose what was typed. */
  readonly isUnsaved: () => boolean;
  readonly onInput: (event: FormEvent<HTMLFormElement>) => void;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

function useRun(
  { info, version }: { readonly info: PackageInfo; readonly version: number | undefined },
  fields: readonly ParameterField[] | undefined,
  form: { readonly current: HTMLFormElement | null },
): Run {
  const client = useClient();
  const navigate = useNavigate();
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const [error, setError] = useState<unknown>();
  const [isStarting, setIsStarting] = useState(false);
  // A new version may remove a field's lock after a value was typed under it: that value is still sealed.
  const typedSealed = useRef(new Set<string>());
  const isTyped = useRef(false);
  const start = async (values: FormData): Promise<void> => {
    const read = fields === undefined ? readFree(values) : readForm(fields, ({ name }) => textsOf(values, name));
    setProblems(read.problems);
    const [wrong] = read.problems.keys();
    if (wrong !== undefined) {
      form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(wrong)}"]`)?.focus();
      return;
    }
    const [priority = "", notBefore = ""] = [":priority", ":not-before"].map((name) => textsOf(values, name)[0]);
    const started = await client.startExecution({
      project: info.project.name,
      package: info.name,
      params: read.params,
      version,
      sealedNames: [...typedSealed.current, ...sealedNames(fields, Object.keys(read.params))],
      ...(priority === "" ? {} : { priority: Number(priority) }),
      ...(notBefore === "" ? {} : { notBefore: new Date(notBefore).toISOString() }),
    });
    form.current?.reset();
    isTyped.current = false;
    await navigate({ to: "/executions/$execution", params: { execution: started.id } });
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isStarting) return;
    setIsStarting(true);
    setError(undefined);
    start(new FormData(event.currentTarget))
      .catch(setError)
      .finally(() => setIsStarting(false));
  };
  const onInput = ({ currentTarget, target }: FormEvent<HTMLFormElement>): void => {
    isTyped.current = true;
    const name = nameOf(target);
    const field = fields?.find((candidate) => candidate.name === name);
    if (field === undefined) return;
    if (field.visible === true) typedSealed.current.delete(field.name);
    else typedSealed.current.add(field.name);
    const problem = findProblem(field, textsOf(new FormData(currentTarget), field.name));
    setProblems((before) => withProblem(before, field.name, problem));
  };
  return { problems, error, isStarting, isUnsaved: () => isTyped.current, onInput, onSubmit };
}

function withProblem(
  before: ReadonlyMap<string, string>,
  name: string,
  problem: string | undefined,
): ReadonlyMap<string, string> {
  if (before.get(name) === problem) return before;
  const others = [...before].filter(([other]) => other !== name);
  return new Map(problem === undefined ? others : [...others, [name, problem]]);
}

function nameOf(target: EventTarget): string | undefined {
  return target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
    ? target.name
    : undefined;
}

function priorityOf({ version }: PackageInfo): number {
  const priority = version?.manifest["priority"];
  return typeof priority === "number" ? priority : 5;
}
