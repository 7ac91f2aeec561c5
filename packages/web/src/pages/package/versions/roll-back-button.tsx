import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Question } from "../../../parts/page/question.tsx";
import { useClient } from "../../../platform/platform.tsx";
import { topicKey } from "../../../platform/queries.ts";
import type { PackageAddress } from "../use-package.ts";

/** Makes the files of an earlier version the newest version again, after a question. */
export function RollBackButton(props: { readonly address: PackageAddress; readonly number: number }): ReactNode {
  const { address, number } = props;
  const client = useClient();
  const queries = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const rollBack = async (): Promise<void> => {
    const { version } = await client.rollBackPackage({ ...address, number });
    await queries.invalidateQueries({ queryKey: topicKey("packages") });
    notifications.show({ message: `Version ${version.number} has the files of version ${number}` });
  };
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={`Roll back to version ${number}`}
        onClick={() => setIsAsking(true)}
      >
        Roll back
      </Button>
      <Question
        title={`Roll back to version ${number}?`}
        yes="Roll back"
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onYes={rollBack}
      >
        <Text size="sm">
          Its files become a new version, the newest, with its schedule and events. Secrets stay as they are. You can
          roll back again to any other version.
        </Text>
      </Question>
    </>
  );
}
