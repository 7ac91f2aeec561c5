import { ActionIcon, Alert, Button, Group, Paper, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { toSealrunError, type VersionInfo } from "@sealrun/protocol";
import { IconDownload, IconFileUnknown, IconPencil } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { Empty } from "../../../parts/page/empty.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { showSize } from "../../../parts/text/show-size.ts";
import { showHidden } from "../../../parts/text/visible-text.ts";
import { type PackageAddress, useArchived } from "../use-package.ts";
import { CodeView } from "./code-view.tsx";
import { withoutMark } from "./edited-text.ts";
import { EditFile } from "./edit-file.tsx";
import { type FileText, maxLines } from "./file-text.ts";
import classes from "./file-view.module.css";
import { languageOf } from "./language-of.ts";
import { saveFile } from "./save.ts";
import type { Edits } from "./use-edits.ts";
import { useFile } from "./use-file.ts";

interface FileProps {
  readonly address: PackageAddress;
  readonly version: VersionInfo;
  readonly path: string;
}

/**
 * One file of a version with a download: its text with colours and line numbers, or a note that it is binary. An edited
 * file is shown as it is edited.
 */
export function FileView(props: FileProps & { readonly edits: Edits }): ReactNode {
  const { address, version, path, edits } = props;
  const found = useFile(address, version.number, path);
  const canEdit = useArchived(address) === undefined;
  const size = version.files.find((file) => file.path === path)?.size ?? 0;
  const edited = edits.base?.number === version.number ? edits.texts.get(path) : undefined;
  const shown = found.data?.kind === "text" ? { ...found.data, text: edited ?? found.data.text } : undefined;
  return (
    <Paper withBorder component="section" aria-label={`File ${showHidden(path)}`}>
      <Group justify="space-between" wrap="nowrap" px="md" py={6} className={classes["head"]}>
        <Text size="sm" ff="monospace">
          <ShownText text={path} />
        </Text>
        <Group gap="xs" wrap="nowrap">
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            {showSize(size)}
          </Text>
          {shown === undefined || !canEdit ? null : (
            <EditButton version={version} path={path} file={shown} edits={edits} />
          )}
          <DownloadButton {...props} />
        </Group>
      </Group>
      {found.data === undefined ? (
        <div className={classes["wait"]}>
          {found.error === null ? (
            <Loading rows={4} />
          ) : (
            <Problem error={found.error} onRetry={async () => found.refetch()} />
          )}
        </div>
      ) : (
        <Content {...props} file={shown ?? found.data} />
      )}
    </Paper>
  );
}

/** Edits belong to one version, and a file that is shown in part cannot be edited. */
function EditButton(props: {
  readonly version: VersionInfo;
  readonly path: string;
  readonly file: Extract<FileText, { readonly kind: "text" }>;
  readonly edits: Edits;
}): ReactNode {
  const { version, path, file, edits } = props;
  const [isOpen, setIsOpen] = useState(false);
  if (file.isCut || (edits.base !== undefined && edits.base.number !== version.number)) return null;
  return (
    <>
      <Tooltip label="Edit">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Edit ${showHidden(path)}`}
          onClick={() => setIsOpen(true)}
        >
          <IconPencil size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {isOpen ? (
        <EditFile
          path={path}
          text={file.text}
          onKeep={(text) => edits.keep(version, path, text)}
          onClose={() => setIsOpen(false)}
        />
      ) : null}
    </>
  );
}

function Content({ file, ...props }: FileProps & { readonly file: FileText }): ReactNode {
  const { line } = useSearch({ from: "/projects/$project/packages/$package" });
  if (file.kind === "binary") {
    return (
      <Empty
        icon={<IconFileUnknown aria-hidden />}
        title="This file is not text"
        action={<DownloadButton {...props} isWide />}
      >
        It is stored as it was uploaded.
      </Empty>
    );
  }
  const text = withoutMark(file.text);
  if (text === "") {
    return (
      <Text size="sm" c="dimmed" p="md">
        The file is empty.
      </Text>
    );
  }
  return (
    <>
      <CodeView text={text} language={languageOf(props.path)} marked={line} />
      {file.isCut ? (
        <Alert m="sm" color="gray">
          Only the first {maxLines} lines are shown. Download the file to read the rest.
        </Alert>
      ) : null}
    </>
  );
}

function DownloadButton(props: FileProps & { readonly isWide?: boolean }): ReactNode {
  const client = useClient();
  const save = async (): Promise<void> => {
    try {
      await saveFile(client, { ...props.address, number: props.version.number }, props.path);
    } catch (error) {
      notifications.show({ color: "red", title: "Not downloaded", message: toSealrunError(error).message });
    }
  };
  if (props.isWide === true) {
    return (
      <Button variant="light" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => void save()}>
        Download it
      </Button>
    );
  }
  return (
    <Tooltip label="Download">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Download ${showHidden(props.path)}`}
        onClick={() => void save()}
      >
        <IconDownload size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
