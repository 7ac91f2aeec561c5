import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { type ExecutionInfo, type SecretExplanation } from "@sealrun/protocol";
import { IconLock, IconRefresh } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { LinkAnchor } from "../../../parts/page/links.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { useClient } from "../../../platform/platform.tsx";
import { useVersion } from "../../../platform/use-version.ts";
import { placeKey } from "../../secrets/place.ts";
import { AddMissing } from "../../secrets/set/add-missing.tsx";
import { useRunAgain } from "../run-again.ts";
import { findUnanswered, readOptional, type UnansweredName } from "./unanswered-names.ts";

const maxNames = 5;

/** The names that a failed step asked for in vain, as they are now: add one here, then run again. */
export function UnansweredNames({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const { project, package: name } = execution;
  const client = useClient();
  const version = useVersion(execution, execution.version);
  const optional = version.data === undefined ? new Map() : readOptional(version.data);
  // Until the version is known, an optional name would be blamed for a moment.
  const all = version.isPending ? [] : findUnanswered(execution, optional);
  const shown = all.slice(0, maxNames);
  const explained = useQueries({
    queries: shown.map((unanswered) => ({
      queryKey: placeKey({ scope: "service", project, package: name }, "explain", unanswered.name),
      queryFn: async () => client.explainSecret({ project, package: name }, unanswered.name),
    })),
  });
  const states = shown.map((unanswered, index) => stateOf(unanswered, explained[index]?.data));
  const absent = states.filter(({ kind }) => kind === "absent").length;
  if (all.length === 0) return null;
  return (
    <Stack gap={6}>
      {states.map((state) => (
        <NameLine key={state.name} execution={execution} state={state} isOnly={absent === 1 && all.length === 1} />
      ))}
      {all.length > shown.length ? (
        <Text size="sm">
          and {all.length - shown.length} more names, see the{" "}
          <LinkAnchor
            size="sm"
            underline="always"
            to="/executions/$execution"
            params={{ execution: execution.id }}
            search={{ tab: "receipt" }}
          >
            receipt
          </LinkAnchor>
        </Text>
      ) : null}
    </Stack>
  );
}

type NameState = UnansweredName & { readonly kind: "absent" | "refused" | "set" };

/** Before the answer has arrived, the receipt counts. */
function stateOf(unanswered: UnansweredName, explained: SecretExplanation | undefined): NameState {
  if (unanswered.outcome === "refused") return { ...unanswered, kind: "refused" };
  return { ...unanswered, kind: explained?.scopes.some(({ answers }) => answers) === true ? "set" : "absent" };
}

function NameLine(props: {
  readonly execution: ExecutionInfo;
  readonly state: NameState;
  /** With nothing else to add, the run can follow at once. */
  readonly isOnly: boolean;
}): ReactNode {
  const { execution, state, isOnly } = props;
  const [isAdding, setIsAdding] = useState(false);
  const again = useRunAgain(execution.id);
  const secret = (
    <Code>
      <ShownText text={state.name} />
    </Code>
  );
  switch (state.kind) {
    case "refused":
      return (
        <Text size="sm" component="div">
          <ShownText text={state.step} /> asked for {secret}, which manifest.json does not let it read
        </Text>
      );
    case "set":
      return (
        <Group gap="xs">
          <Text size="sm" component="div">
            {secret} was missing and is set now
          </Text>
          <Button
            size="compact-sm"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={again.isStarting}
            onClick={() => again.run("newest")}
          >
            Run again
          </Button>
        </Group>
      );
    case "absent":
      return (
        <Group gap="xs">
          <Text size="sm" component="div">
            <ShownText text={state.step} /> asked for {secret}, which no scope has
          </Text>
          <Button
            size="compact-sm"
            leftSection={<IconLock size={14} aria-hidden />}
            onClick={() => setIsAdding(true)}
            aria-label={`${isOnly ? "Add and run again" : "Add it"}: ${state.name}`}
          >
            {isOnly ? "Add and run again" : "Add it"}
          </Button>
          {isAdding ? (
            <AddMissing
              target={execution}
              name={state.name}
              after={isOnly ? { words: "Seal, save and run again", act: () => again.run("newest") } : undefined}
              onClose={() => setIsAdding(false)}
            />
          ) : null}
        </Group>
      );
  }
}
