import type { PackageOverview } from "@sealrun/protocol";

/** Packages whose name, description or tags contain every word of `find`, whatever its case, and that have `tag`. */
export function filterPackages(
  packages: readonly PackageOverview[],
  { find, tag }: { readonly find: string; readonly tag: string | undefined },
): readonly PackageOverview[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return packages.filter(({ name, description, tags }) => {
    if (tag !== undefined && !tags.includes(tag)) return false;
    const text = [name, description, ...tags].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The tags of all packages, the most frequent first, each with the number of packages that have it. */
export function countTags(
  packages: readonly PackageOverview[],
): readonly { readonly tag: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const tag of packages.flatMap(({ tags }) => [...new Set(tags)])) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .toSorted((one, other) => other.count - one.count || one.tag.localeCompare(other.tag));
}
