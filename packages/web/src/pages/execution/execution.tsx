import { Alert, Stack } from "@mantine/core";
import { type ExecutionInfo, isFinal } from "@sealrun/protocol";
import { IconAlertTriangle, IconClock, IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { StatusBadge } from "../../parts/page/status-badge.tsx";
import { Actions } from "./actions.tsx";
import { Facts } from "./facts.tsx";
import { FailureNotice } from "./failure/failure-notice.tsx";
import { executionKey } from "../../platform/queries.ts";
import { type Log, useLog, useStartedSteps } from "./log/use-log.ts";
import { StepsTimeline } from "./steps/steps-timeline.tsx";
import { ExecutionTabs } from "./tabs.tsx";

/** One execution, live: its facts, steps, log, results, receipt, and what changed since the last success. */
export function ExecutionPage(): ReactNode {
  const { execution: id } = useParams({ from: "/executions/$execution" });
  // Another execution remounts the page, so that no state of the previous one stays.
  return <OneExecution key={id} id={id} />;
}

function OneExecution({ id }: { readonly id: string }): ReactNode {
  const client = useClient();
  const found = useQuery({
    queryKey: executionKey(id),
    queryFn: async () => client.getExecution(id),
    // An execution that has ended never changes again.
    staleTime: ({ state }) => (isSettled(state.data) ? "static" : 0),
  });
  const log = useLog(id);
  if (found.data === undefined) {
    return (
      <Page title="Execution">
        {found.error === null ? <Loading /> : <Problem error={found.error} onRetry={async () => found.refetch()} />}
      </Page>
    );
  }
  return <Shown execution={found.data} log={log} />;
}

function Shown({ execution, log }: { readonly execution: ExecutionInfo; readonly log: Log }): ReactNode {
  const { step } = useSearch({ from: "/executions/$execution" });
  const steps = useStartedSteps(execution, log.store);
  const navigate = useNavigate({ from: "/executions/$execution" });
  const onChoose = (chosen: string | undefined): void => {
    void navigate({ search: (before) => ({ ...before, step: chosen, tab: undefined }), replace: true });
  };
  return (
    <Page
      title={execution.package}
      beside={
        <div role="status" aria-label="Status">
          <StatusBadge status={execution.status} />
        </div>
      }
      lead={<Facts execution={execution} />}
      actions={<Actions execution={execution} />}
    >
      <Stack gap="md">
        {execution.waiting === null ? null : (
          <Alert color="gray" icon={<IconClock aria-hidden />} title="Waiting">
            <ShownText text={execution.waiting} />
          </Alert>
        )}
        {execution.cancelRequested && !isFinal(execution.status) ? (
          <Alert color="orange" icon={<IconHandStop aria-hidden />} role="status" title="Being cancelled">
            Its script was asked to stop, and is killed if it does not.
          </Alert>
        ) : null}
        <FailureNotice execution={execution} log={log} />
        {execution.reportsGap === null ? null : (
          <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title="Not all of its reports have arrived">
            {execution.reportsGap}.
          </Alert>
        )}
        {execution.logDeleted == null ? null : (
          <Alert color="blue" icon={<IconAlertTriangle aria-hidden />} title="Its log is no longer kept">
            {execution.logDeleted.sentence}.
          </Alert>
        )}
        <StepsTimeline execution={execution} steps={steps} chosen={step} onChoose={onChoose} />
        <ExecutionTabs execution={execution} log={log} />
      </Stack>
    </Page>
  );
}

function isSettled(execution: ExecutionInfo | undefined): boolean {
  return execution !== undefined && isFinal(execution.status) && execution.reportsComplete;
}
