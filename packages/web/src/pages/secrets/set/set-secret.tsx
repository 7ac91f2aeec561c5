import { Anchor, Button, Checkbox, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { isEmptyValue, type SecretPlace } from "@sealrun/client";
import { type SecretInfo, SealrunError } from "@sealrun/protocol";
import { IconLock } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, type RefObject, useRef, useState } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { topicKey } from "../../../platform/queries.ts";
import { GuardedModal } from "../../../parts/page/guarded-modal.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { judgeName } from "./name-checks.ts";
import { showPlace } from "../place.ts";
import { readValue, type ValueForm } from "./value-checks.ts";
import { putText, textOf, ValueField } from "./value-field.tsx";

interface SetSecretProps {
  /** Where it can be stored; with several, the form asks, and offers the first. */
  readonly places: readonly [SecretPlace, ...SecretPlace[]];
  /** The name that the form starts with; empty to ask for one. */
  readonly name: string;
  readonly own: readonly SecretInfo[];
  /** Names from here, from other scopes and from the manifest; a close one is offered. */
  readonly known: readonly string[];
  /** What may follow once the value is stored. */
  readonly after?: { readonly words: string; readonly act: () => void } | undefined;
  /** The page's address says that the form is open. */
  readonly isInAddress?: boolean;
  readonly onClose: () => void;
}

/** Asks for a name and a value, seals the value in this browser and stores it. Mounted only while it is open. */
export function SetSecret(props: SetSecretProps): ReactNode {
  const { name, own, onClose } = props;
  const isReplacing = own.some((secret) => secret.name === name);
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <GuardedModal
      size="lg"
      title={isReplacing ? `Replace ${name}` : "Add a secret"}
      isUnsaved={() => textOf(field.current) !== ""}
      question={{
        title: "Discard what you typed?",
        no: "Keep typing",
        text: "The value was not saved, and is kept nowhere else.",
      }}
      isInAddress={props.isInAddress === true}
      onClose={() => {
        putText(field.current, "");
        onClose();
      }}
    >
      {(leave) => <SetSecretForm {...props} field={field} onLeave={leave} />}
    </GuardedModal>
  );
}

interface FormProps extends SetSecretProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Closes the form, after a question when something is typed. */
  readonly onLeave: () => void;
}

function SetSecretForm(props: FormProps): ReactNode {
  const { places, name: given, own, known, after, field, onClose, onLeave } = props;
  const [place, setPlace] = useState<SecretPlace>(places[0]);
  const [name, setName] = useState(given);
  const [form, setForm] = useState<ValueForm>("text");
  const [isEmptyMeant, setIsEmptyMeant] = useState(false);
  const save = useSave({ place, name, form, isEmptyMeant, after, field, onClose });
  const judged = judgeName(name, known);
  const stored = own.find((secret) => secret.name === name);
  const refusal = save.error instanceof SealrunError && save.error.code === "MALFORMED" ? save.error : undefined;
  const saveAnd = (isFollowed: boolean): void => {
    if (judged.problem === undefined && name !== "") save.mutate({ isFollowed });
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    saveAnd(after !== undefined);
  };
  return (
    <form onSubmit={onSubmit} autoComplete="off">
      <Stack>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value.trim())}
          error={judged.problem}
          readOnly={given !== "" && stored !== undefined && given === name}
          required
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--sealrun-mono)" } }}
          {...(given === "" ? { "data-autofocus": true } : {})}
        />
        <Closest name={judged.closest} onUse={setName} />
        {places.length > 1 ? <Where places={places} place={place} onPlace={setPlace} /> : null}
        <ValueField
          field={field}
          form={form}
          onForm={setForm}
          problem={refusal?.message}
          onTyped={() => (save.error === null ? undefined : save.reset())}
          isFocused={given !== ""}
        />
        {refusal?.message === emptyRefusal ? (
          <Checkbox
            size="xs"
            label="Store an empty text"
            checked={isEmptyMeant}
            onChange={(event) => setIsEmptyMeant(event.currentTarget.checked)}
          />
        ) : null}
        {save.error === null || refusal !== undefined ? null : (
          <Problem
            title="Not saved; what you typed is still here"
            error={save.error}
            onRetry={() => saveAnd(after !== undefined)}
            guide="secrets"
          />
        )}
        <Group justify="space-between" gap="sm">
          <Text size="xs" c="dimmed" maw={300}>
            The value is sealed in this browser for {showPlace(place)}. It cannot be read back here, not even by you.
          </Text>
          <Group gap="xs" ml="auto">
            <Button variant="default" onClick={onLeave}>
              Cancel
            </Button>
            {after === undefined ? null : (
              <Button variant="default" disabled={save.isPending} onClick={() => saveAnd(false)}>
                Seal and save
              </Button>
            )}
            <Button type="submit" loading={save.isPending} leftSection={<IconLock size={16} aria-hidden />}>
              {after?.words ?? (stored === undefined ? "Seal and save" : `Replace version ${stored.version}`)}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

const scopeNames = { service: "Package", project: "Project", platform: "Platform" } as const;
const whoReads = {
  service: "Only this package can read it.",
  project: "Every package of the project can read it.",
  platform: "Every package of the platform can read it.",
} as const;

function Where(props: {
  readonly places: readonly SecretPlace[];
  readonly place: SecretPlace;
  readonly onPlace: (place: SecretPlace) => void;
}): ReactNode {
  const { places, place, onPlace } = props;
  return (
    <Group gap="sm">
      <SegmentedControl
        size="xs"
        aria-label="Store it for the"
        value={place.scope}
        data={places.map(({ scope }) => ({ value: scope, label: scopeNames[scope] }))}
        onChange={(chosen) => onPlace(places.find(({ scope }) => scope === chosen) ?? place)}
      />
      <Text size="sm" c="dimmed">
        {whoReads[place.scope]}
      </Text>
    </Group>
  );
}

function Closest(props: { readonly name: string | undefined; readonly onUse: (name: string) => void }): ReactNode {
  const { name, onUse } = props;
  if (name === undefined) return null;
  return (
    <Text size="sm" role="status">
      Did you mean this name?{" "}
      <Anchor component="button" type="button" size="sm" ff="monospace" onClick={() => onUse(name)}>
        {name}
      </Anchor>
    </Text>
  );
}

const emptyRefusal = 'Type a value, or tick "Store an empty text"';

interface Save {
  readonly place: SecretPlace;
  readonly name: string;
  readonly form: ValueForm;
  readonly isEmptyMeant: boolean;
  readonly after: SetSecretProps["after"];
  readonly field: { readonly current: HTMLTextAreaElement | null };
  readonly onClose: () => void;
}

/** Reads the field, seals and stores the value. The field is cleared when the platform has stored it, and kept otherwise. */
function useSave({ place, name, form, isEmptyMeant, after, field, onClose }: Save) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    // The value is not a variable of the mutation: the query client would keep it.
    mutationFn: async ({ isFollowed }: { readonly isFollowed: boolean }) => {
      const value = readValue(textOf(field.current), form);
      if (isEmptyValue(value) && !isEmptyMeant) {
        throw new SealrunError("MALFORMED", emptyRefusal);
      }
      const [stored] = await client.setSecrets(place, new Map([[name, value]]), "set", { allowEmpty: isEmptyMeant });
      return { version: stored?.version ?? 1, isFollowed };
    },
    onSuccess: async ({ version, isFollowed }) => {
      putText(field.current, "");
      onClose();
      if (isFollowed) after?.act();
      notifications.show({ message: `${name}, version ${version}, sealed`, color: "green" });
      await queries.invalidateQueries({ queryKey: topicKey("secrets") });
    },
  });
}
