import { Button, Group, Stack, TextInput } from "@mantine/core";
import type { ProjectInfo } from "@sealrun/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { Problem } from "../../parts/page/problem.tsx";
import { checkProjectName } from "./project-name-check.ts";

/** Asks for a project's name, creates the project and opens its home page. */
export function CreateProject(props: {
  readonly projects: readonly ProjectInfo[];
  /** Learns what would be lost: empty when nothing is typed, or the project is created. */
  readonly onTyped?: (name: string) => void;
}): ReactNode {
  const { projects, onTyped } = props;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const wrong = checkProjectName(name, projects);
  const created = useMutation({
    mutationFn: async () => client.createProject(name),
    onSuccess: async (project) => {
      onTyped?.("");
      void queries.invalidateQueries({ queryKey: topicKey("projects") });
      await navigate({ to: "/projects/$project", params: { project: project.name } });
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (name !== "" && wrong === undefined) created.mutate();
  };
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="For example the name of the team or the product"
          value={name}
          onChange={({ currentTarget: { value } }) => {
            setName(value);
            onTyped?.(value);
          }}
          error={wrong}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          ta="start"
        />
        {created.error === null ? null : <Problem error={created.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={created.isPending} disabled={name === "" || wrong !== undefined}>
            Create project
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
