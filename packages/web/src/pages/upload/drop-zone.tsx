import { Button, Group, Loader, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconFile, IconFileZip, IconFolder, IconUpload } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { collectChosen, collectDropped } from "./collect-files.ts";
import type { DroppedFile } from "./dropped-file.ts";
import classes from "./drop-zone.module.css";

/** Takes a folder, files or a zip, dropped or chosen. */
export function DropZone(props: {
  readonly isBusy: boolean;
  readonly onFiles: (files: Promise<readonly DroppedFile[]> | readonly DroppedFile[]) => void;
}): ReactNode {
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    if (!props.isBusy) props.onFiles(collectDropped(event.dataTransfer.items));
  };
  const hold = (event: DragEvent): void => {
    // Without it a browser would leave the page for the file.
    event.preventDefault();
    setIsOver(true);
  };
  return (
    <Paper
      className={classes["zone"]}
      data-over={isOver || undefined}
      aria-busy={props.isBusy}
      onDragEnter={hold}
      onDragOver={hold}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) {
          setIsOver(false);
        }
      }}
      onDrop={drop}
    >
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
              : "Scripts in TypeScript, JavaScript, Python or shell, and what they read"}
          </Text>
        </Stack>
        <Choices {...props} />
      </Stack>
    </Paper>
  );
}

function Choices({ isBusy, onFiles }: Parameters<typeof DropZone>[0]): ReactNode {
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
          // The same choice again must count as one.
          currentTarget.value = "";
          if (files.length > 0) props.onFiles(files);
        }}
      />
    </>
  );
}
