import { Alert, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { JsonObject, PackageInfo, ParameterField } from "@sealrun/protocol";
import { IconAlertTriangle, IconLink } from "@tabler/icons-react";
import { defaultStringifySearch } from "@tanstack/react-router";
import type { ReactNode, RefObject } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { EarlierValues } from "./earlier-values.tsx";
import { readForm } from "./form-values.ts";
import { textsOf } from "./free-values.ts";

/** Fills the form from an earlier run, and copies a link that fills it; both with visible values only. */
export function FormTools(props: {
  readonly info: PackageInfo;
  readonly fields: readonly ParameterField[] | undefined;
  readonly form: RefObject<HTMLFormElement | null>;
  /** Undefined for the newest. */
  readonly version: number | undefined;
}): ReactNode {
  const { info, fields = [], form, version } = props;
  if (!fields.some(({ visible }) => visible === true)) return null;
  return (
    <Group gap="xs">
      <EarlierValues info={info} />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconLink size={14} aria-hidden />}
        onClick={() => void copyLink(visibleOf(fields, form.current), version)}
      >
        Copy a link with these values
      </Button>
    </Group>
  );
}

/** What the address has and the form does not use. */
export function Notes({ notes }: { readonly notes: readonly string[] }): ReactNode {
  if (notes.length === 0) return null;
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title="Not everything in the address was used">
      {notes.map((note) => (
        <Text key={note} size="sm">
          <ShownText text={note} />
        </Text>
      ))}
    </Alert>
  );
}

/** The values of visible fields as they stand in the form, without those that are wrong. */
function visibleOf(fields: readonly ParameterField[] | undefined, form: HTMLFormElement | null): JsonObject {
  const shown = (fields ?? []).filter(({ visible }) => visible === true);
  if (form === null) return {};
  const values = new FormData(form);
  return readForm(shown, ({ name }) => textsOf(values, name)).params;
}

async function copyLink(values: JsonObject, version: number | undefined): Promise<void> {
  const address = new URL(globalThis.location.href);
  address.search = defaultStringifySearch({ ":version": version, ...values });
  try {
    await navigator.clipboard.writeText(address.href);
    notifications.show({ message: "Link copied, with visible values only" });
  } catch {
    notifications.show({ color: "orange", message: "The browser does not let this page copy" });
  }
}
