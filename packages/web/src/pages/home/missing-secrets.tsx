import { Badge, Code, Group, Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import type { MissingSecret } from "@sealrun/protocol";
import { IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";

/** Shows how many secrets a package is missing; opens a list of them with what asks for each and where to add it. */
export function MissingSecrets(props: {
  readonly project: string;
  readonly package: string;
  readonly missing: readonly MissingSecret[];
}): ReactNode {
  const { project, package: name, missing } = props;
  if (missing.length === 0) return null;
  const label = missing.length === 1 ? "1 secret missing" : `${missing.length} secrets missing`;
  return (
    <Popover width={340} position="bottom-start" withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton aria-label={`${label} in ${name}`} bdrs="xl">
          <Badge
            color="orange"
            variant="light"
            tt="none"
            fw={500}
            component="span"
            leftSection={<IconKey size={14} aria-hidden />}
          >
            {label}
          </Badge>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Missing secrets of ${name}`} mah={360} style={{ overflowY: "auto" }}>
        <Stack gap="sm">
          {missing.map((secret) => (
            <Stack key={secret.name} gap={4}>
              <Code fz="sm" w="fit-content">
                <ShownText text={secret.name} />
              </Code>
              <Text size="xs" c="dimmed" component="div">
                <AskedBy secret={secret} />
              </Text>
              <Group gap={6}>
                <LinkButton
                  size="compact-xs"
                  variant="light"
                  to="/projects/$project/packages/$package/secrets"
                  params={{ project, package: name }}
                  search={{ add: secret.name }}
                  aria-label={`Add to the package: ${secret.name}`}
                >
                  Add to the package
                </LinkButton>
                <LinkButton
                  size="compact-xs"
                  variant="default"
                  to="/projects/$project/secrets"
                  params={{ project }}
                  search={{ add: secret.name }}
                  aria-label={`Add to the project: ${secret.name}`}
                >
                  Add to the project
                </LinkButton>
              </Group>
            </Stack>
          ))}
          <LinkAnchor size="xs" to="/guides/$" params={{ _splat: "secrets" }} hash="how-a-name-is-looked-up">
            Package or project?
          </LinkAnchor>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function AskedBy({ secret: { askedBy, where } }: { readonly secret: MissingSecret }): ReactNode {
  switch (askedBy) {
    case "manifest":
      return (
        <>
          {where === "manifest.json" ? "Listed in" : "Listed in the manifest for step"} <ShownText text={where} />
        </>
      );
    case "reference":
      return (
        <>
          Referred to in <ShownText text={where} />
        </>
      );
    case "run":
      return (
        <>
          Asked for by{" "}
          <LinkAnchor
            size="xs"
            underline="always"
            to="/executions/$execution"
            params={{ execution: where }}
            search={{ tab: "receipt" }}
          >
            its last run
          </LinkAnchor>
        </>
      );
  }
}
