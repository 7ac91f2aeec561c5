import { Button, Group, Menu, Text } from "@mantine/core";
import { type ExecutionInfo, isFinal } from "@sealrun/protocol";
import { IconChevronDown, IconPlayerPlay, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { LinkMenuItem } from "../../parts/page/links.tsx";
import { Question } from "../../parts/page/question.tsx";
import { useRunAgain } from "./run-again.ts";

/** Cancels an execution that has not ended, and runs any execution again. */
export function Actions({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  return (
    <>
      {isFinal(execution.status) ? null : <Cancel execution={execution} />}
      <Again execution={execution} />
    </>
  );
}

function Cancel({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const client = useClient();
  const queries = useQueryClient();
  const [isAsked, setIsAsked] = useState(false);
  const cancel = async (): Promise<void> => {
    await client.cancelExecution(execution.id);
    await queries.invalidateQueries({ queryKey: topicKey("executions") });
  };
  return (
    <>
      <Button variant="default" disabled={execution.cancelRequested} onClick={() => setIsAsked(true)}>
        Cancel
      </Button>
      <Question
        title="Cancel this execution?"
        yes="Cancel it"
        no="Let it run"
        isDangerous
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        onYes={cancel}
      >
        <Text size="sm">
          {execution.status === "queued"
            ? "It has not started and will not."
            : "Its script is asked to stop, and is killed if it does not. Its effects so far are not undone."}
        </Text>
      </Question>
    </>
  );
}

function Again({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const { run, isStarting } = useRunAgain(execution.id);
  const variant = isFinal(execution.status) ? "filled" : "default";
  const { project, package: name } = execution;
  return (
    <Group gap={2} wrap="nowrap">
      <Button
        variant={variant}
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={isStarting}
        onClick={() => run("newest")}
      >
        Run again
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant={variant} px={8} aria-label="Other ways to run again" disabled={isStarting}>
            <IconChevronDown size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => run("newest")}>
            Newest version, same parameters
          </Menu.Item>
          <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => run("same")}>
            Version {execution.version}, same parameters
          </Menu.Item>
          <LinkMenuItem
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            to="/projects/$project/packages/$package/run"
            params={{ project, package: name }}
            search={execution.parameters.visible}
          >
            Newest version, other parameters
          </LinkMenuItem>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
