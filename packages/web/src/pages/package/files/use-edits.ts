import type { VersionInfo } from "@sealrun/protocol";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { type HeldFile, holdFiles } from "../../../parts/drop/held-files.ts";
import { useClient } from "../../../platform/platform.tsx";
import type { PackageAddress } from "../use-package.ts";

/** Edited files of one version, which become the next version on the page of the upload. */
export interface Edits {
  /** The version that they belong to; undefined before the first edit. */
  readonly base: VersionInfo | undefined;
  readonly texts: ReadonlyMap<string, string>;
  readonly keep: (base: VersionInfo, path: string, text: string) => void;
  readonly discard: () => void;
  /** Opens the page of the upload, which checks and sends them with the other files. */
  readonly review: () => void;
  /** True when leaving would lose them. */
  readonly isUnsaved: () => boolean;
}

/** No edits at first. */
export function useEdits(address: PackageAddress): Edits {
  const { project, package: name } = address;
  const client = useClient();
  const navigate = useNavigate();
  const [edited, setEdited] = useState<Pick<Edits, "base" | "texts">>({ base: undefined, texts: new Map() });
  const isHandedOn = useRef(false);
  const { base, texts } = edited;
  return {
    base,
    texts,
    keep: (version, path, text) => setEdited({ base: version, texts: new Map([...texts, [path, text]]) }),
    discard: () => setEdited({ base: undefined, texts: new Map() }),
    review: () => {
      if (base === undefined) return;
      isHandedOn.current = true;
      const place = { ...address, number: base.number };
      const files = base.files.map(({ path, size, executable }): HeldFile => {
        const text = texts.get(path);
        if (text === undefined) {
          return { path, kind: "file", size, executable, read: async () => client.readVersionFile(place, path) };
        }
        const bytes = new TextEncoder().encode(text);
        return { path, kind: "file", size: bytes.length, executable, read: () => Promise.resolve(bytes) };
      });
      holdFiles(`/projects/${encodeURIComponent(project)}/upload`, files);
      void navigate({
        to: "/projects/$project/upload",
        params: { project },
        search: { package: name, from: base.number },
      });
    },
    isUnsaved: () => texts.size > 0 && !isHandedOn.current,
  };
}
