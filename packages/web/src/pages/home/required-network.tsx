import { Paper, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { toSealrunError } from "@sealrun/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { LinkAnchor } from "../../parts/page/links.tsx";

/** Whether scripts of the project may have the network of an executor's machine, and a switch to change it. */
export function RequiredNetwork({ project }: { readonly project: string }): ReactNode {
  const client = useClient();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: topicKey("projects"), queryFn: async () => client.listProjects() });
  const isRequired = found.data?.find(({ name }) => name.toLowerCase() === project.toLowerCase())?.requireNetwork;
  const change = useMutation({
    mutationFn: async (requireNetwork: boolean) => client.changeProject(project, { requireNetwork }),
    onSuccess: async () => queries.invalidateQueries({ queryKey: topicKey("projects") }),
    onError: (error) => {
      const { code, message } = toSealrunError(error);
      notifications.show({ color: "red", title: "The network was not changed", message: `${message} (${code})` });
    },
  });
  // A platform of an earlier version has no such setting.
  if (isRequired === undefined) return null;
  return (
    <Paper withBorder p="md">
      <Switch
        label="Require a limited network"
        description={
          <>
            No script of this project has the whole{" "}
            <LinkAnchor inherit underline="always" to="/guides/$" params={{ _splat: "packages" }} hash="network">
              network
            </LinkAnchor>{" "}
            of an executor&apos;s machine.
          </>
        }
        checked={change.isPending ? change.variables : isRequired}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
    </Paper>
  );
}
