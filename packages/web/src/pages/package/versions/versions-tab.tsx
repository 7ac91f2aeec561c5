import { Badge, Button, Stack, Text, Title, Tooltip } from "@mantine/core";
import type { VersionInfo, VersionList } from "@sealrun/protocol";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CardCell, CardRow, CardTable } from "../../../parts/page/card-table.tsx";
import { LinkAnchor } from "../../../parts/page/links.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { Time } from "../../../parts/time/time.tsx";
import { type PackageAddress, useArchived, useVersions } from "../use-package.ts";
import { Changes } from "./changes.tsx";
import { RollBackButton } from "./roll-back-button.tsx";

/** Every version of a package, and what changed between two of them. */
export function VersionsTab(props: { readonly address: PackageAddress; readonly newest: VersionInfo }): ReactNode {
  const { address, newest } = props;
  const found = useVersions(address);
  const { version: asked, against } = useSearch({ from: "/projects/$project/packages/$package" });
  if (found.error !== null) return <Problem error={found.error} onRetry={async () => found.refetch()} />;
  if (found.data === undefined) return <Loading />;
  const after = asked ?? newest.number;
  const before = against ?? found.data.find(({ number }) => number < after)?.number;
  return (
    <Stack gap="lg">
      {found.data.length < 2 ? (
        <Text size="sm" c="dimmed">
          There is only one version. After the next upload this page shows what changed.
        </Text>
      ) : (
        <Changes address={address} versions={found.data} before={before} after={after} />
      )}
      <Stack gap="xs">
        <Title order={2}>All versions</Title>
        <VersionsTable address={address} versions={found.data} newest={newest.number} />
      </Stack>
    </Stack>
  );
}

interface TableProps {
  readonly address: PackageAddress;
  readonly versions: VersionList["versions"];
  readonly newest: number;
}

function VersionsTable({ address, versions, newest }: TableProps): ReactNode {
  const newestDigest = versions.find(({ number }) => number === newest)?.digest;
  const isArchived = useArchived(address) !== undefined;
  return (
    <CardTable label="Versions" columns={["Version", "Uploaded", "Digest"]} actions="Actions">
      {versions.map(({ number, digest, createdAt, restores }) => (
        <CardRow key={number}>
          <CardCell place="title">
            <LinkAnchor
              size="sm"
              to="/projects/$project/packages/$package"
              params={address}
              search={{ tab: "files", version: number }}
            >
              Version {number}
            </LinkAnchor>{" "}
            {number === newest ? (
              <Badge variant="light" tt="none" ml={4}>
                newest
              </Badge>
            ) : null}
          </CardCell>
          <CardCell label="Uploaded">
            <Time at={createdAt} />
            {restores == null ? null : (
              <Text span size="xs" c="dimmed" display="block">
                the files of version {restores}
              </Text>
            )}
          </CardCell>
          <CardCell label="Digest">
            <Tooltip label={digest} multiline maw={320}>
              <Text span size="sm" ff="monospace">
                {digest.slice(0, 12)}
              </Text>
            </Tooltip>
          </CardCell>
          <CardCell place="end">
            <CompareButton number={number} versions={versions} />
            {isArchived || number === newest || digest === newestDigest ? null : (
              <RollBackButton address={address} number={number} />
            )}
          </CardCell>
        </CardRow>
      ))}
    </CardTable>
  );
}

function CompareButton(props: { readonly number: number; readonly versions: VersionList["versions"] }): ReactNode {
  const { number, versions } = props;
  const navigate = useNavigate({ from: "/projects/$project/packages/$package" });
  const previous = versions.find((version) => version.number < number)?.number;
  if (previous === undefined) return null;
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      aria-label={`Show changes of version ${number}`}
      onClick={() => void navigate({ search: { tab: "versions", version: number, against: previous } })}
    >
      Show changes
    </Button>
  );
}
