import type { ReactNode } from "react";
import { ExportMenu } from "../../parts/export/export-menu.tsx";
import { readAll } from "../../parts/export/read-all.ts";
import { useClient } from "../../platform/platform.tsx";
import { toFilter } from "./filter.ts";
import type { ExecutionsSearch } from "./search.ts";

const maxExported = 50_000;
const columns = [
  "id",
  "project",
  "package",
  "version",
  "status",
  "createdAt",
  "startedAt",
  "finishedAt",
  "trigger",
  "executor",
  "error",
];

/** Downloads all executions that the filter matches. */
export function ExportExecutions({ search }: { readonly search: ExecutionsSearch }): ReactNode {
  const client = useClient();
  return (
    <ExportMenu
      name="executions"
      columns={columns}
      read={async () => {
        const filter = toFilter(search, Date.now());
        return readAll(async (before) => {
          const { executions: rows, next } = await client.listExecutions({ ...filter, before, limit: 500 });
          return { rows, next };
        }, maxExported);
      }}
      cellsOf={({
        id,
        project,
        package: name,
        version,
        status,
        createdAt,
        startedAt,
        finishedAt,
        trigger,
        executor,
        error,
      }) => [
        id,
        project,
        name,
        version,
        status,
        createdAt,
        startedAt,
        finishedAt,
        trigger.kind,
        executor,
        error?.code ?? null,
      ]}
    />
  );
}
