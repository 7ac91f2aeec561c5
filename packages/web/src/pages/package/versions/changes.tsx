import { Badge, Group, Select, Stack, Text, Title } from "@mantine/core";
import { countOf, type VersionInfo, type VersionList } from "@sealrun/protocol";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { useVersion } from "../../../platform/use-version.ts";
import type { PackageAddress } from "../use-package.ts";
import { compareVersions } from "./compare-versions.ts";
import { FileChangeView } from "./file-change.tsx";

/** What changed between two versions, which are chosen here and kept in the address. */
export function Changes(props: {
  readonly address: PackageAddress;
  readonly versions: VersionList["versions"];
  readonly before: number | undefined;
  readonly after: number;
}): ReactNode {
  const { address, versions, before, after } = props;
  const old = useVersion(address, before);
  const now = useVersion(address, after);
  const error = old.error ?? now.error;
  return (
    <Stack gap="sm">
      <Group gap="sm" justify="space-between">
        <Title order={2}>What changed</Title>
        <Choice versions={versions} before={before} after={after} />
      </Group>
      {error !== null ? (
        <Problem error={error} />
      ) : before === undefined ? (
        <Text size="sm" c="dimmed">
          There is no version before version {after}.
        </Text>
      ) : old.data === undefined || now.data === undefined ? (
        <Loading rows={3} />
      ) : (
        <ChangeList address={address} before={old.data} after={now.data} />
      )}
    </Stack>
  );
}

function Choice(props: Omit<Parameters<typeof Changes>[0], "address">): ReactNode {
  const navigate = useNavigate({ from: "/projects/$project/packages/$package" });
  const data = props.versions.map(({ number }) => ({ value: String(number), label: `Version ${number}` }));
  const go = (against: number | undefined, version: number): void => {
    void navigate({ search: { tab: "versions", version, against }, replace: true, resetScroll: false });
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <Select
        aria-label="From version"
        w={130}
        size="sm"
        allowDeselect={false}
        data={data}
        value={props.before === undefined ? null : String(props.before)}
        onChange={(value) => go(Number(value), props.after)}
      />
      <Text size="sm" c="dimmed">
        to
      </Text>
      <Select
        aria-label="To version"
        w={130}
        size="sm"
        allowDeselect={false}
        data={data}
        value={String(props.after)}
        onChange={(value) => go(props.before, Number(value))}
      />
    </Group>
  );
}

interface ListProps {
  readonly address: PackageAddress;
  readonly before: VersionInfo;
  readonly after: VersionInfo;
}

/** At most this many differences are open at first. */
const maxOpen = 8;

function ChangeList({ address, before, after }: ListProps): ReactNode {
  const { changes, same } = compareVersions(before.files, after.files);
  const areStepsDifferent = before.steps.join("\n") !== after.steps.join("\n");
  if (changes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Both versions have the same files. Secrets may differ; see their history on the secrets page.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Text size="sm">
          {countOf(changes.length, "file")} changed, {same} {same === 1 ? "is" : "are"} the same
        </Text>
        {areStepsDifferent ? (
          <Badge color="orange" variant="light" tt="none">
            different scripts or order
          </Badge>
        ) : null}
      </Group>
      {changes.map((change, index) => (
        <FileChangeView
          key={`${before.number} ${after.number} ${change.path}`}
          address={address}
          change={change}
          before={before.number}
          after={after.number}
          isOpenAtFirst={index < maxOpen}
        />
      ))}
    </Stack>
  );
}
