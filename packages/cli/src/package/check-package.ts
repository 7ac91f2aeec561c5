import { basename, resolve } from "node:path";
import { type CheckedContent, checkContent, checkSources } from "@sealrun/client";
import { type Manifest, packageName, SealrunError, showName } from "@sealrun/protocol";
import { readPackageFolder } from "./read-folder.ts";

/** A package that the platform will accept. */
export interface CheckedPackage extends CheckedContent {
  readonly name: string;
  readonly skipped: readonly string[];
}

/** Reads and checks a whole package as the platform will; throws the codes of its documents, each naming the place. */
export async function checkPackage(folder: string, givenName: string | undefined): Promise<CheckedPackage> {
  const { files, secretsFile, skipped } = await readPackageFolder(folder);
  const checked = checkContent({ files, secretsFile });
  const name = chooseName(folder, givenName, checked.manifest);
  return { ...checked, problems: [...checked.problems, ...(await checkSources(checked))], name, skipped };
}

function chooseName(folder: string, given: string | undefined, manifest: Manifest | undefined): string {
  const name = given ?? manifest?.name ?? basename(resolve(folder));
  const parsed = packageName.safeParse(name);
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? "";
  throw new SealrunError(
    "NAME_NOT_ALLOWED",
    `${showName(name)} cannot be the package's name: ${rule}; give another one with --name`,
  );
}
