/** A package that a specifier names: `@scope/name` of `@scope/name/file`. Undefined for what names no package. */
export function packageOf(specifier: string): string | undefined {
  if (/^[./#]/.test(specifier) || specifier.includes(":") || specifier === "") return undefined;
  const [first = "", second] = specifier.split("/");
  const name = first.startsWith("@") ? `${first}/${second ?? ""}` : first;
  return /^(?:@[\w.~-]+\/)?[\w.~-]+$/.test(name) ? name : undefined;
}

/** True for the text of a tsconfig.json or jsconfig.json with which a bare name may stand for a file of the package. */
export function hasPathNames(settings: string): boolean {
  return /"(?:paths|baseUrl|extends)"/.test(settings);
}
