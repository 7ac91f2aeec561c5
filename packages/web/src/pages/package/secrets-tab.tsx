import { Group, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import type { PackageAddress } from "./use-package.ts";

/** The names of a package's own secrets, never a value. */
export function SecretsTab({ address }: { readonly address: PackageAddress }): ReactNode {
  const client = useClient();
  const found = useQuery({
    queryKey: topicKey("secrets", "of-package", address.project, address.package),
    queryFn: async () => client.listSecrets({ scope: "service", ...address }),
  });
  if (found.error !== null)
    return <Problem error={found.error} onRetry={async () => found.refetch()} guide="secrets" />;
  if (found.data === undefined) return <Loading rows={3} />;
  if (found.data.length === 0) return <None address={address} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          Only this package can read these secrets. Its runs can also read those of the project and the platform.
        </Text>
        <ManageLink address={address} />
      </Group>
      <CardTable label="Secrets of this package" columns={["Name", "Scope", "Version", "Set", "Last read"]}>
        {found.data.map(({ name, version, updatedAt, author, lastRead = null }) => (
          <CardRow key={name}>
            <CardCell place="title">
              <LinkAnchor
                ff="monospace"
                fz="sm"
                to="/projects/$project/packages/$package/secrets"
                params={address}
                search={{ open: name }}
              >
                <ShownText text={name} />
              </LinkAnchor>
            </CardCell>
            <CardCell label="Scope">service</CardCell>
            <CardCell label="Version">{version}</CardCell>
            <CardCell label="Set">
              <span>
                <Time at={updatedAt} /> by <ShownText text={author} />
              </span>
            </CardCell>
            <CardCell label="Last read">
              {lastRead === null ? (
                <Text span size="sm" c="dimmed">
                  never
                </Text>
              ) : (
                <span>
                  <Time at={lastRead.at} />, version {lastRead.version}
                </span>
              )}
            </CardCell>
          </CardRow>
        ))}
      </CardTable>
    </Stack>
  );
}

function ManageLink({ address }: { readonly address: PackageAddress }): ReactNode {
  return (
    <LinkButton variant="default" to="/projects/$project/packages/$package/secrets" params={address}>
      Manage secrets
    </LinkButton>
  );
}

function None({ address }: { readonly address: PackageAddress }): ReactNode {
  return (
    <Empty icon={<IconKey aria-hidden />} title="No secrets of this package" action={<ManageLink address={address} />}>
      Its runs can read secrets of the project and the platform. To give it its own, upload it with a secrets.json, or
      add them under Manage secrets.{" "}
      <LinkAnchor to="/guides/$" params={{ _splat: "secrets" }}>
        Read about scopes
      </LinkAnchor>
    </Empty>
  );
}
