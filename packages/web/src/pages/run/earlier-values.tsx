import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type PackageInfo, toSealrunError } from "@sealrun/protocol";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { exactTime } from "../../parts/time/show-time.ts";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";

const maxRuns = 10;

/** Fills the form with the visible values of an earlier run: they become part of the address. */
export function EarlierValues({ info }: { readonly info: PackageInfo }): ReactNode {
  const [project, name] = [info.project.name, info.name];
  const client = useClient();
  const navigate = useNavigate({ from: "/projects/$project/packages/$package/run" });
  const [isOpen, setIsOpen] = useState(false);
  const runs = useQuery({
    queryKey: topicKey("executions", "earlier-values", project, name),
    queryFn: async () => (await client.listExecutions({ project, package: name, limit: maxRuns })).executions,
    enabled: isOpen,
  });
  const use = async (id: string): Promise<void> => {
    try {
      const { visible } = (await client.getExecution(id)).parameters;
      await navigate({ search: (before) => ({ ":version": before[":version"], ...visible }), replace: true });
    } catch (error) {
      const { code, message } = toSealrunError(error);
      notifications.show({ color: "red", title: "The form was not filled", message: `${message} (${code})` });
    }
  };
  return (
    <Menu opened={isOpen} onChange={setIsOpen} position="bottom-start">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconHistory size={14} aria-hidden />}>
          Values of an earlier run
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Visible values only; sealed ones are typed again</Menu.Label>
        {(runs.data ?? []).map(({ id, status, createdAt }) => (
          <Menu.Item key={id} onClick={() => void use(id)}>
            {exactTime(createdAt)}, {status}
          </Menu.Item>
        ))}
        {runs.data?.length === 0 ? <Menu.Item disabled>No earlier run</Menu.Item> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
