import { notifications } from "@mantine/notifications";
import { toSealrunError } from "@sealrun/protocol";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useClient } from "../../platform/platform.tsx";

/** A run that needs no parameters. */
export interface QuickRun {
  readonly project: string;
  readonly package: string;
}

/** Starts a package without parameters by one click and goes to its execution; a notification shows a refusal. */
export function useStartRun(): { readonly start: (run: QuickRun) => void; readonly isStarting: boolean } {
  const client = useClient();
  const navigate = useNavigate();
  const started = useMutation({
    mutationFn: async (run: QuickRun) => client.startExecution(run),
    onSuccess: ({ id }) => void navigate({ to: "/executions/$execution", params: { execution: id } }),
    onError: (error, run) => {
      const { code, message } = toSealrunError(error);
      notifications.show({ color: "red", title: `${run.package} was not started`, message: `${message} (${code})` });
    },
  });
  return { start: started.mutate, isStarting: started.isPending };
}
