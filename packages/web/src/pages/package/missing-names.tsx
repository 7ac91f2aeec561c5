import { Alert, Group, Stack, Text } from "@mantine/core";
import type { MissingSecret } from "@sealrun/protocol";
import { IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkButton } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import type { PackageAddress } from "./use-package.ts";

/** The names that a package asks for and that are set in no scope, each with a button to add it. */
export function MissingNames(props: {
  readonly address: PackageAddress;
  readonly missing: readonly MissingSecret[];
}): ReactNode {
  const { address, missing } = props;
  if (missing.length === 0) return null;
  const title = missing.length === 1 ? "1 secret is missing" : `${missing.length} secrets are missing`;
  return (
    <Alert color="orange" icon={<IconKey aria-hidden />} title={title}>
      <Stack gap={6}>
        {missing.map(({ name, askedBy, where }) => (
          <Group key={`${name} ${where}`} gap="sm">
            <Text size="sm" ff="monospace">
              <ShownText text={name} />
            </Text>
            <Text size="sm">
              {words(askedBy, where)} {askedBy === "run" ? null : <ShownText text={where} />}
            </Text>
            <LinkButton
              size="compact-xs"
              variant="default"
              to="/projects/$project/packages/$package/secrets"
              params={address}
              search={{ add: name }}
              aria-label={`Add ${name}`}
            >
              Add
            </LinkButton>
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}

function words(askedBy: MissingSecret["askedBy"], where: string): string {
  switch (askedBy) {
    case "manifest":
      return where === "manifest.json" ? "listed in" : "listed in the manifest for step";
    case "reference":
      return "referred to in";
    case "run":
      return "a run asked for it";
  }
}
