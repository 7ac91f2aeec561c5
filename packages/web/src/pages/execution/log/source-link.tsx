import type { ExecutionInfo } from "@sealrun/protocol";
import { type ComponentProps, type ReactNode, useMemo } from "react";
import type { LineText } from "../../../parts/log/line-text.tsx";
import { LinkPlain } from "../../../parts/page/links.tsx";
import { useVersion } from "../../../platform/use-version.ts";
import classes from "./log.module.css";

/** What a line of the log needs to link to the files of the version that wrote it. */
export type Sources = ComponentProps<typeof LineText>["sources"];

/** The files of an execution's version, and links to their lines; undefined until the files are known. */
export function useSources(execution: ExecutionInfo): Sources {
  const { project, package: name, version } = execution;
  const { data } = useVersion(execution, version);
  return useMemo(() => {
    if (data === undefined) return undefined;
    return {
      files: new Set(data.files.map(({ path }) => path)),
      show: ({ path, line }, content: ReactNode, key: number) => (
        <LinkPlain
          key={key}
          className={classes["source"]}
          to="/projects/$project/packages/$package"
          params={{ project, package: name }}
          search={{ tab: "files", version, file: path, line }}
          preload={false}
        >
          {content}
        </LinkPlain>
      ),
    };
  }, [data, project, name, version]);
}
