import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { freeNames } from "./free-values.ts";
import { SealedText } from "./sealed-text.tsx";

/** Parameters of a package without a parameters.json: any name, only text, all of them sealed. */
export function FreeParameters(): ReactNode {
  const [rows, setRows] = useState<readonly number[]>([]);
  const [next, setNext] = useState(1);
  const add = (): void => {
    setRows([...rows, next]);
    setNext(next + 1);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        This package has no parameters.json, so it accepts parameters of any name, with text as value. A parameters.json
        gives it a form; see the guide <a href="/guides/packages#parametersjson">Packages</a>.
      </Text>
      {rows.map((row) => (
        <Group key={row} align="flex-end" gap="xs">
          <TextInput
            name={freeNames.name}
            label="Name"
            flex="1 1 140px"
            ff="monospace"
            autoComplete="off"
            spellCheck={false}
          />
          <div style={{ flex: "2 1 180px" }}>
            <SealedText name={freeNames.value} label="Value" isLong={false} isMasked defaultValue="" />
          </div>
          <ActionIcon
            size={36}
            variant="default"
            aria-label="Remove this parameter"
            onClick={() => setRows(rows.filter((other) => other !== row))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button variant="default" size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
          Add a parameter
        </Button>
      </Group>
    </Stack>
  );
}
