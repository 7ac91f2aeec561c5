import type { JudgedPackage } from "../../../../packages/client/src/package/sources/scripts.ts";

/** A package whose steps are the scripts at its top, or these. */
export function packageOf(files: Readonly<Record<string, string>>, steps?: readonly string[]): JudgedPackage {
  const scripts = steps ?? Object.keys(files).filter((path) => /^[^/]+\.(?:[cm]?js|m?ts|py|sh)$/.test(path));
  return {
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })),
    steps: scripts.map((script) => ({ script, name: script, env: {} })),
    manifest: undefined,
  };
}
