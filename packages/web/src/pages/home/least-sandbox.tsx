import { NativeSelect, Paper } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { sandboxLevel, sandboxLevels, toSealrunError } from "@sealrun/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { LinkAnchor } from "../../parts/page/links.tsx";

/** The level that the sandboxes of the project's executors must reach, and a list to choose another one. */
export function LeastSandbox({ project }: { readonly project: string }): ReactNode {
  const client = useClient();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: topicKey("projects"), queryFn: async () => client.listProjects() });
  const least = found.data?.find(({ name }) => name.toLowerCase() === project.toLowerCase())?.minSandbox;
  const change = useMutation({
    mutationFn: async (level: string) => client.changeProject(project, { minSandbox: sandboxLevel.parse(level) }),
    onSuccess: async () => queries.invalidateQueries({ queryKey: topicKey("projects") }),
    onError: (error) => {
      const { code, message } = toSealrunError(error);
      notifications.show({ color: "red", title: "The level was not changed", message: `${message} (${code})` });
    },
  });
  // A platform of an earlier version has no levels.
  if (least === undefined) return null;
  return (
    <Paper withBorder p="md">
      <NativeSelect
        label="Least sandbox"
        description={
          <>
            Executions of this project run only on executors that reach this{" "}
            <LinkAnchor
              inherit
              underline="always"
              to="/guides/$"
              params={{ _splat: "security-model" }}
              hash="sandbox-levels"
            >
              level
            </LinkAnchor>
            .
          </>
        }
        data={[...sandboxLevels]}
        value={change.isPending ? change.variables : least}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.value)}
      />
    </Paper>
  );
}
