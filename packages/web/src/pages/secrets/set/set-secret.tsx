import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
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
  readonly place: SecretPlace;
  /** The name that the form starts with; empty to ask for one. */
  readonly name: string;
  readonly own: readonly SecretInfo[];
  /** Names from here, from other scopes and from the manifest; a close one is offered. */
  readonly known: readonly string[];
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
      isInAddress
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

function SetSecretForm({ place, name: given, own, known, field, onClose, onLeave }: FormProps): ReactNode {
  const [name, setName] = useState(given);
  const [form, setForm] = useState<ValueForm>("text");
  const [isEmptyMeant, setIsEmptyMeant] = useState(false);
  const save = useSave({ place, name, form, isEmptyMeant, field, onClose });
  const judged = judgeName(name, known);
  const stored = own.find((secret) => secret.name === name);
  const refusal = save.error instanceof SealrunError && save.error.code === "MALFORMED" ? save.error : undefined;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (judged.problem === undefined && name !== "") save.mutate();
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
            onRetry={() => save.mutate()}
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
            <Button type="submit" loading={save.isPending} leftSection={<IconLock size={16} aria-hidden />}>
              {stored === undefined ? "Seal and save" : `Replace version ${stored.version}`}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
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
  readonly field: { readonly current: HTMLTextAreaElement | null };
  readonly onClose: () => void;
}

/** Reads the field, seals and stores the value. The field is cleared when the platform has stored it, and kept otherwise. */
function useSave({ place, name, form, isEmptyMeant, field, onClose }: Save) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    // The value is not a variable of the mutation: the query client would keep it.
    mutationFn: async () => {
      const value = readValue(textOf(field.current), form);
      if (isEmptyValue(value) && !isEmptyMeant) {
        throw new SealrunError("MALFORMED", emptyRefusal);
      }
      const [stored] = await client.setSecrets(place, new Map([[name, value]]), "set", { allowEmpty: isEmptyMeant });
      return stored?.version ?? 1;
    },
    onSuccess: async (version) => {
      putText(field.current, "");
      onClose();
      notifications.show({ message: `${name}, version ${version}, sealed`, color: "green" });
      await queries.invalidateQueries({ queryKey: topicKey("secrets") });
    },
  });
}
