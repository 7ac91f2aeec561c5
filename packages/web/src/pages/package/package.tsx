import { Tabs, Text } from "@mantine/core";
import { type PackageInfo, toSealrunError } from "@sealrun/protocol";
import { IconPackage, IconPlayerPlay, IconUpload } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ArchivedNote } from "../../parts/page/change-menu.tsx";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { useRenamed } from "../../platform/use-renamed.ts";
import { FilesTab } from "./files/files-tab.tsx";
import { Overview } from "./overview.tsx";
import { PackageMenu } from "./package-menu.tsx";
import classes from "./package.module.css";
import { type PackageSearch, packageTabs } from "./search.ts";
import { SecretsTab } from "./secrets-tab.tsx";
import { type PackageAddress, useArchived, usePackageAddress, usePackageInfo } from "./use-package.ts";
import { VersionsTab } from "./versions/versions-tab.tsx";

const titles = {
  overview: "Overview",
  files: "Files",
  versions: "Versions",
  secrets: "Secrets",
} as const satisfies Record<NonNullable<PackageSearch["tab"]>, string>;

/** A package: its overview, its files, its versions with their changes, and the names of its secrets. */
export function PackagePage(): ReactNode {
  const address = usePackageAddress();
  const found = usePackageInfo(address);
  const archived = useArchived(address);
  return (
    <Page
      title={address.package}
      lead={<Lead address={address} info={found.data} />}
      actions={
        found.data === undefined ? undefined : (
          <Actions address={address} info={found.data} isArchived={archived !== undefined} />
        )
      }
    >
      {found.data === undefined ? (
        found.error === null ? (
          <Loading />
        ) : (
          <>
            <Renamed address={address} isGone={toSealrunError(found.error).code === "PACKAGE_NOT_FOUND"} />
            <Problem error={found.error} onRetry={async () => found.refetch()} guide="packages" />
          </>
        )
      ) : (
        <>
          {archived === undefined ? null : <ArchivedNote what={archived} />}
          <Content address={address} info={found.data} />
        </>
      )}
    </Page>
  );
}

/** Links to a package by the name that it has today, where the address has an earlier one. */
function Renamed({ address, isGone }: { readonly address: PackageAddress; readonly isGone: boolean }): ReactNode {
  const to = useRenamed(address, { isWanted: isGone });
  if (to?.package == null) return null;
  return (
    <Text mb="sm">
      The package was renamed to{" "}
      <LinkAnchor to="/projects/$project/packages/$package" params={{ project: to.project, package: to.package }}>
        <ShownText text={to.package} />
      </LinkAnchor>
      .
    </Text>
  );
}

interface PartProps {
  readonly address: PackageAddress;
  readonly info: PackageInfo;
}

function Lead({
  address,
  info,
}: {
  readonly address: PackageAddress;
  readonly info: PackageInfo | undefined;
}): ReactNode {
  const version = info?.version;
  return (
    <>
      in project{" "}
      <LinkAnchor size="sm" to="/projects/$project" params={{ project: address.project }}>
        <ShownText text={address.project} />
      </LinkAnchor>
      {version == null ? null : (
        <>
          , version {version.number}, uploaded <Time at={version.createdAt} />
        </>
      )}
    </>
  );
}

function Actions({ address, info, isArchived }: PartProps & { readonly isArchived: boolean }): ReactNode {
  return (
    <>
      {isArchived ? null : (
        <LinkButton
          variant="default"
          to="/projects/$project/upload"
          params={{ project: address.project }}
          search={{ package: address.package }}
          leftSection={<IconUpload size={16} aria-hidden />}
        >
          Upload a version
        </LinkButton>
      )}
      <PackageMenu address={address} info={info} />
      {info.version === null || isArchived ? null : (
        <LinkButton
          to="/projects/$project/packages/$package/run"
          params={address}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
        >
          Run
        </LinkButton>
      )}
    </>
  );
}

function Content({ address, info }: PartProps): ReactNode {
  const { tab = "overview" } = useSearch({ from: "/projects/$project/packages/$package" });
  const navigate = useNavigate({ from: "/projects/$project/packages/$package" });
  const { version } = info;
  if (version === null) return <NoVersion address={address} />;
  const onChange = (value: string | null): void => {
    void navigate({ search: { tab: packageTabs.find((name) => name === value) } });
  };
  return (
    <Tabs value={tab} onChange={onChange} keepMounted={false}>
      <Tabs.List className={classes["tabs"]} aria-label="Sections">
        {packageTabs.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {titles[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview" pt="md">
        <Overview address={address} version={version} />
      </Tabs.Panel>
      <Tabs.Panel value="files" pt="md">
        <FilesTab address={address} newest={version} />
      </Tabs.Panel>
      <Tabs.Panel value="versions" pt="md">
        <VersionsTab address={address} newest={version} />
      </Tabs.Panel>
      <Tabs.Panel value="secrets" pt="md">
        <SecretsTab address={address} />
      </Tabs.Panel>
    </Tabs>
  );
}

function NoVersion({ address }: { readonly address: PackageAddress }): ReactNode {
  return (
    <Empty
      icon={<IconPackage aria-hidden />}
      title="No version yet"
      action={
        <LinkButton
          to="/projects/$project/upload"
          params={{ project: address.project }}
          search={{ package: address.package }}
        >
          Upload a version
        </LinkButton>
      }
    >
      The package exists and its secrets can be set. Upload its scripts to run it.
    </Empty>
  );
}
