import { Badge, Group, Stack, Text } from "@mantine/core";
import type { ExplainedScope, SecretExplanation } from "@sealrun/protocol";
import { IconArrowRight, IconCircleCheck, IconCircleDashed, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { LinkAnchor } from "../../../parts/page/links.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { Time } from "../../../parts/time/time.tsx";
import { placeKey } from "../place.ts";
import { scopeWords } from "../list/secret-rows.ts";

interface Target {
  readonly project: string;
  readonly package: string;
}

/** Where a package reads a name from: scope by scope, then what refers to it, which steps may not read it, and the last read. */
export function Explanation(props: { readonly target: Target; readonly name: string }): ReactNode {
  const { target, name } = props;
  const client = useClient();
  const asked = useQuery({
    queryKey: placeKey({ scope: "service", ...target }, "explain", name),
    queryFn: async () => client.explainSecret(target, name),
  });
  if (asked.error !== null) return <Problem error={asked.error} onRetry={async () => asked.refetch()} />;
  if (asked.data === undefined) return <Loading rows={3} />;
  return (
    <Stack gap="sm">
      <Stack gap={6} component="ol" m={0} p={0} style={{ listStyle: "none" }}>
        {asked.data.scopes.map((explained) => (
          <ScopeLine key={explained.scope} explained={explained} />
        ))}
      </Stack>
      <Facts explained={asked.data} />
    </Stack>
  );
}

const looks = {
  set: { Icon: IconCircleCheck, word: "set" },
  deleted: { Icon: IconCircleX, word: "deleted" },
  absent: { Icon: IconCircleDashed, word: "not set" },
} as const;

function ScopeLine({ explained }: { readonly explained: ExplainedScope }): ReactNode {
  const { scope, state, answers, shadowed, newest } = explained;
  const { Icon, word } = looks[state];
  return (
    <Group component="li" gap="xs" wrap="nowrap" align="flex-start">
      {answers ? (
        <IconArrowRight size={18} aria-hidden color="var(--mantine-primary-color-filled)" />
      ) : (
        <Icon size={18} aria-hidden color="var(--mantine-color-dimmed)" />
      )}
      <Text component="div" size="sm" c={answers ? undefined : "dimmed"}>
        <b>{scopeWords[scope]}</b>: {word}
        {newest === null || state === "absent" ? null : `, version ${newest.version}`}{" "}
        {answers ? (
          <Badge variant="light" tt="none" fw={500}>
            used
          </Badge>
        ) : null}
        {shadowed ? "(overridden by a narrower scope)" : null}
      </Text>
    </Group>
  );
}

function Facts({ explained }: { readonly explained: SecretExplanation }): ReactNode {
  const { scopes, steps, lastAsked, references } = explained;
  return (
    <Stack gap={4}>
      {scopes.some(({ answers }) => answers) ? null : (
        <Text size="sm">Not set in any scope: a script that reads it gets null.</Text>
      )}
      {steps
        .filter(({ allowed }) => !allowed)
        .map(({ name, declaredBy }) => (
          <Text key={name} size="sm" c="var(--mantine-color-orange-light-color)">
            Refused in step <ShownText text={name} />:{" "}
            {declaredBy === "package" ? "the manifest's list of secrets" : "the step's own list of secrets"} does not
            contain it
          </Text>
        ))}
      {references.map(({ file, path }) => (
        <Text key={`${file} ${path}`} size="sm" c="dimmed">
          Referred to in <ShownText text={file} /> at <ShownText text={path} />
        </Text>
      ))}
      {lastAsked === null ? (
        <Text size="sm" c="dimmed">
          No recent run of this package asked for it.
        </Text>
      ) : (
        <Text component="div" size="sm" c="dimmed">
          Last {lastAsked.outcome} <Time at={lastAsked.at} /> by{" "}
          <LinkAnchor
            to="/executions/$execution"
            params={{ execution: lastAsked.execution }}
            size="sm"
            underline="always"
          >
            <ShownText text={lastAsked.step} />
          </LinkAnchor>
          {lastAsked.scope === null ? null : `, from the ${scopeWords[lastAsked.scope]}, version ${lastAsked.version}`}
        </Text>
      )}
    </Stack>
  );
}
