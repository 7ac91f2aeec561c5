import { Button, Group, Loader, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconFile, IconFileZip, IconFolder, IconUpload } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { collectChosen } from "./collect-files.ts";
import type { DroppedFile } from "./dropped-file.ts";
import classes from "./drop-zone.module.css";

/** Says where to drop a folder, files or a zip, with buttons to choose them instead. */
export function DropZone(props: {
  readonly isBusy: boolean;
  /** Something is dragged over the page. */
  readonly isOver: boolean;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
}): ReactNode {
  return (
    <Paper className={classes["zone"]} data-over={props.isOver || undefined} aria-busy={props.isBusy}>
      <Stack align="center" gap="md">
        <ThemeIcon size={56} radius="xl" variant="light">
          {props.isBusy ? <Loader size={26} aria-hidden /> : <IconUpload size={28} aria-hidden />}
        </ThemeIcon>
        <Stack align="center" gap={4}>
          <Title order={2} ta="center">
            {props.isBusy ? "Reading and checking" : "Drop a folder, files or a zip here"}
          </Title>
          <Text size="sm" c="dimmed" ta="center" role={props.isBusy ? "status" : undefined}>
            {props.isBusy
              ? "Nothing is sent yet"
              : "Scripts in TypeScript, JavaScript, Python or shell, and the files that they read"}
          </Text>
        </Stack>
        <Choices isBusy={props.isBusy} onFiles={props.onFiles} />
      </Stack>
    </Paper>
  );
}

function Choices({ isBusy, onFiles }: Omit<Parameters<typeof DropZone>[0], "isOver">): ReactNode {
  return (
    <Group justify="center" gap="xs">
      <Choice
        label="Choose a folder"
        icon={<IconFolder size={18} aria-hidden />}
        kind="folder"
        {...{ isBusy, onFiles }}
      />
      <Choice label="Choose files" icon={<IconFile size={18} aria-hidden />} kind="files" {...{ isBusy, onFiles }} />
      <Choice label="Choose a zip" icon={<IconFileZip size={18} aria-hidden />} kind="zip" {...{ isBusy, onFiles }} />
    </Group>
  );
}

function Choice(props: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly kind: "folder" | "files" | "zip";
  readonly isBusy: boolean;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
}): ReactNode {
  const input = useRef<HTMLInputElement | null>(null);
  return (
    <>
      <Button
        variant={props.kind === "folder" ? "filled" : "default"}
        leftSection={props.icon}
        disabled={props.isBusy}
        onClick={() => input.current?.click()}
      >
        {props.label}
      </Button>
      <input
        ref={(element) => {
          input.current = element;
          if (element !== null) element.webkitdirectory = props.kind === "folder";
        }}
        hidden
        type="file"
        data-kind={props.kind}
        aria-label={props.label}
        multiple={props.kind !== "zip"}
        accept={props.kind === "zip" ? ".zip,application/zip" : undefined}
        onChange={({ currentTarget }) => {
          const files = collectChosen([...(currentTarget.files ?? [])]);
          // So that choosing the same files again is a change too.
          currentTarget.value = "";
          if (files.length > 0) props.onFiles(files);
        }}
      />
    </>
  );
}
