import { Select } from "@mantine/core";
import type { ExecutionInfo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { exactTime } from "../../../parts/time/show-time.ts";
import { useClient } from "../../../platform/platform.tsx";
import { topicKey } from "../../../platform/queries.ts";

/** How many of the newest runs can be chosen; the address can name any other. */
const maxRuns = 50;

/** Chooses the run to compare with, among the newest of the same package. */
export function ChooseRun(props: {
  readonly execution: ExecutionInfo;
  readonly chosen: string | undefined;
}): ReactNode {
  const { execution, chosen } = props;
  const { project, package: name } = execution;
  const client = useClient();
  const navigate = useNavigate({ from: "/executions/$execution" });
  const runs = useQuery({
    queryKey: topicKey("executions", "to-compare", project, name),
    queryFn: async () => (await client.listExecutions({ project, package: name, limit: maxRuns + 1 })).executions,
  });
  const others = (runs.data ?? []).filter(({ id }) => id !== execution.id).slice(0, maxRuns);
  const known = others.map(({ id, status, version, createdAt }) => ({
    value: id,
    label: `${exactTime(createdAt)}, ${status}, version ${version}`,
  }));
  const isKnown = chosen === undefined || known.some(({ value }) => value === chosen);
  return (
    <Select
      label="Compare with"
      placeholder="The last run before it that succeeded"
      maw={480}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Compare with the last run that succeeded" }}
      nothingFoundMessage="No other run"
      data={isKnown ? known : [{ value: chosen, label: chosen }, ...known]}
      value={chosen ?? null}
      onChange={(id) => void navigate({ search: (before) => ({ ...before, against: id ?? undefined }), replace: true })}
    />
  );
}
