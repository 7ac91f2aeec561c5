import type { PackageInfo } from "@sealrun/protocol";

/** Why a package cannot be run from here, as a sentence, or undefined when it can. */
export function findRefusal(
  info: Pick<PackageInfo, "version" | "archivedAt">,
  isProjectArchived: boolean,
): string | undefined {
  if (info.version === null) return "It has no version yet: upload its files first";
  if (info.archivedAt != null) return "It is archived: unarchive it in the menu of its page first";
  if (isProjectArchived) return "Its project is archived: unarchive it in the menu of its page first";
  const { active, allow_manual_triggering: byHand } = info.version.manifest;
  if (active === false)
    return `Its manifest says "active": false, so it cannot be started; change that and upload it again`;
  if (byHand === false) {
    return `Its manifest says "allow_manual_triggering": false: only its schedule and events start it; change that and upload it again`;
  }
  return undefined;
}
