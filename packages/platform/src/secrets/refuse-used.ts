import { SealrunError, type SecretUses, showName } from "@sealrun/protocol";

type Use = SecretUses["uses"][number];

const maxNamed = 10;

/** `SECRET_IN_USE` with the packages that would lose the value. One that has a narrower secret of that name loses nothing. */
export function refuseUsed({ name, uses }: SecretUses): void {
  const losing = uses.filter(({ shadowed }) => !shadowed);
  if (losing.length === 0) return;
  const named = losing.slice(0, maxNamed).map((use) => `${use.project}/${use.package} (${whyUsed(use)})`);
  const more = losing.length > maxNamed ? ` and ${losing.length - maxNamed} more` : "";
  throw new SealrunError(
    "SECRET_IN_USE",
    `${showName(name)} is used by ${named.join(", ")}${more}; nothing was deleted; add ?force=true to delete it anyway`,
  );
}

/** `config.json, manifest.json`, or when it was read. */
function whyUsed({ references, declared, lastRead }: Use): string {
  const files = new Set([...references.map(({ file }) => file), ...(declared ? ["manifest.json"] : [])]);
  return files.size > 0 ? [...files].join(", ") : `read ${lastRead?.at ?? "before"}`;
}
