import { notifications } from "@mantine/notifications";
import { type RunAgain, toSealrunError } from "@sealrun/protocol";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useClient } from "../../platform/platform.tsx";

/** Runs an execution again with the same parameters and opens the new one; a refusal is shown. */
export function useRunAgain(id: string): {
  readonly run: (version: NonNullable<RunAgain["version"]>) => void;
  readonly isStarting: boolean;
} {
  const client = useClient();
  const navigate = useNavigate();
  const again = useMutation({
    mutationFn: async (version: NonNullable<RunAgain["version"]>) => client.runAgain(id, { version }),
    onSuccess: (started) => void navigate({ to: "/executions/$execution", params: { execution: started.id } }),
    onError: (error) => {
      const { code, message } = toSealrunError(error);
      notifications.show({ color: "red", title: "It was not started", message: `${message} (${code})` });
    },
  });
  return { run: again.mutate, isStarting: again.isPending };
}
