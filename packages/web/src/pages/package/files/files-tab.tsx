import { Button, Grid, Group, Select, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { countOf, toSealrunError, type VersionInfo } from "@sealrun/protocol";
import { IconFileZip } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { showSize } from "../../../parts/text/show-size.ts";
import { useVersion } from "../../../platform/use-version.ts";
import { type PackageAddress, useVersions } from "../use-package.ts";
import { EditsBar } from "./edits-bar.tsx";
import { FileTree } from "./file-tree.tsx";
import { FileView } from "./file-view.tsx";
import { fileToOpen } from "./file-tree.ts";
import { saveZip } from "./save.ts";
import { useEdits } from "./use-edits.ts";

interface FilesProps {
  readonly address: PackageAddress;
  readonly newest: VersionInfo;
}

/** The files of a version: a tree, and the open file. */
export function FilesTab({ address, newest }: FilesProps): ReactNode {
  const { version: asked, file } = useSearch({ from: "/projects/$project/packages/$package" });
  const isNewest = asked === undefined || asked === newest.number;
  const found = useVersion(address, isNewest ? undefined : asked);
  const edits = useEdits(address);
  const version = isNewest ? newest : found.data;
  if (version === undefined) {
    if (found.error === null) return <Loading />;
    return <Problem error={found.error} onRetry={async () => found.refetch()} />;
  }
  const path = fileToOpen(file, version);
  return (
    <Stack>
      <Head address={address} newest={newest} version={version} />
      <EditsBar edits={edits} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 3 }}>
          <FileTree key={version.number} version={version} open={path} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 9 }}>
          {path === undefined ? null : (
            <FileView key={path} address={address} version={version} path={path} edits={edits} />
          )}
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function Head({ address, newest, version }: FilesProps & { readonly version: VersionInfo }): ReactNode {
  const navigate = useNavigate({ from: "/projects/$project/packages/$package" });
  const versions = useVersions(address);
  const bytes = version.files.reduce((sum, { size }) => sum + size, 0);
  const numbers = versions.data?.map(({ number }) => number) ?? [version.number];
  return (
    <Group justify="space-between">
      <Group gap="sm">
        <Select
          aria-label="Version"
          w={170}
          allowDeselect={false}
          value={String(version.number)}
          data={numbers.map((number) => ({
            value: String(number),
            label: `Version ${number}${number === newest.number ? " (newest)" : ""}`,
          }))}
          onChange={(value) => {
            const chosen = Number(value);
            const number = chosen === newest.number ? undefined : chosen;
            void navigate({ search: (before) => ({ ...before, version: number, line: undefined }) });
          }}
        />
        <Text size="sm" c="dimmed">
          {countOf(version.files.length, "file")}, {showSize(bytes)}
        </Text>
      </Group>
      <ZipButton address={address} version={version} />
    </Group>
  );
}

function ZipButton({
  address,
  version,
}: {
  readonly address: PackageAddress;
  readonly version: VersionInfo;
}): ReactNode {
  const client = useClient();
  const [done, setDone] = useState<number>();
  const save = async (): Promise<void> => {
    setDone(0);
    try {
      await saveZip(client, { ...address, number: version.number }, version.files, setDone);
    } catch (error) {
      notifications.show({ color: "red", title: "The zip was not created", message: toSealrunError(error).message });
    } finally {
      setDone(undefined);
    }
  };
  return (
    <Button
      variant="default"
      leftSection={<IconFileZip size={16} aria-hidden />}
      disabled={done !== undefined}
      onClick={() => void save()}
    >
      {done === undefined ? "Download all as a zip" : `${done} of ${version.files.length} files`}
    </Button>
  );
}
