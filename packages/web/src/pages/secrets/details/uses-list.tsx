import { List, Text } from "@mantine/core";
import type { SecretUses } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../../parts/page/links.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { Time } from "../../../parts/time/time.tsx";
import { reasonsOf } from "../delete/delete-checks.ts";

/** The packages that use a secret, each with the reasons. */
export function UsesList({ uses }: { readonly uses: SecretUses["uses"] }): ReactNode {
  if (uses.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No package refers to it, and no run has read it.
      </Text>
    );
  }
  return (
    <List size="sm" spacing={6}>
      {uses.map((use) => (
        <List.Item key={`${use.project}/${use.package}`}>
          <LinkAnchor
            to="/projects/$project/packages/$package"
            params={{ project: use.project, package: use.package }}
            size="sm"
          >
            <ShownText text={`${use.project}/${use.package}`} />
          </LinkAnchor>
          {use.shadowed ? " (overridden there by a narrower scope)" : null}
          {reasonsOf(use).map((reason) => (
            <Text key={reason} size="xs" c="dimmed">
              <ShownText text={reason} />
            </Text>
          ))}
          {use.lastRead === null ? null : (
            <Text component="div" size="xs" c="dimmed">
              read <Time at={use.lastRead.at} />, version {use.lastRead.version}, by{" "}
              {use.lastRead.execution === null ? (
                `${use.lastRead.step} of a run that retention deleted`
              ) : (
                <LinkAnchor
                  to="/executions/$execution"
                  params={{ execution: use.lastRead.execution }}
                  size="xs"
                  underline="always"
                >
                  {use.lastRead.step}
                </LinkAnchor>
              )}
            </Text>
          )}
        </List.Item>
      ))}
    </List>
  );
}
