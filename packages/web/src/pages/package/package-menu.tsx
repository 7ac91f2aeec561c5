import type { PackageInfo } from "@sealrun/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ChangeMenu } from "../../parts/page/change-menu.tsx";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import type { PackageAddress } from "./use-package.ts";

interface MenuProps {
  readonly address: PackageAddress;
  readonly info: PackageInfo;
}

/** The menu of a package: rename, archive. */
export function PackageMenu({ address, info }: MenuProps): ReactNode {
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const change = async (to: { readonly name?: string; readonly archived?: boolean }): Promise<PackageInfo> => {
    const changed = await client.changePackage(address.project, address.package, to);
    await queries.invalidateQueries({ queryKey: topicKey("schedules") });
    return changed;
  };
  return (
    <ChangeMenu
      what="package"
      name={info.name}
      isArchived={info.archivedAt != null}
      onRename={async (name) => {
        const changed = await change({ name });
        const params = { project: address.project, package: changed.name };
        await navigate({ to: "/projects/$project/packages/$package", params });
        await queries.invalidateQueries({ queryKey: topicKey("packages") });
      }}
      onArchive={async (archived) => {
        await change({ archived });
        await queries.invalidateQueries({ queryKey: topicKey("packages") });
      }}
    />
  );
}
