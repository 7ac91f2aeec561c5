import { Select } from "@mantine/core";
import type { PackageInfo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { exactTime } from "../../parts/time/show-time.ts";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";

/** Chooses the version to run; nothing for a package with one version. */
export function ChooseVersion(props: {
  readonly info: PackageInfo;
  /** Undefined for the newest. */
  readonly chosen: number | undefined;
}): ReactNode {
  const { info, chosen } = props;
  const [project, name] = [info.project.name, info.name];
  const client = useClient();
  const navigate = useNavigate({ from: "/projects/$project/packages/$package/run" });
  const versions = useQuery({
    queryKey: topicKey("packages", "versions", project, name),
    queryFn: async () => client.listVersions(project, name),
  });
  const newest = info.version?.number;
  if (newest === undefined || (versions.data ?? []).length < 2) return null;
  return (
    <Select
      label="Version"
      w={320}
      searchable
      allowDeselect={false}
      data={(versions.data ?? []).map(({ number, createdAt }) => ({
        value: String(number),
        label: `${number}${number === newest ? ", the newest" : ""}, ${exactTime(createdAt)}`,
      }))}
      value={String(chosen ?? newest)}
      onChange={(value) => {
        const number = value === null || Number(value) === newest ? undefined : Number(value);
        void navigate({ search: (before) => ({ ...before, ":version": number }), replace: true });
      }}
    />
  );
}
