import { Button, Group, Modal, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Problem } from "./problem.tsx";

/** Asks before something that cannot be undone. `onYes` may throw: the question stays open and says why. */
export function Question(props: {
  readonly title: string;
  readonly yes: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onYes: () => Promise<void>;
  readonly isDangerous?: boolean;
  /** The button that changes nothing; "Go back" without it. */
  readonly no?: string;
  readonly children: ReactNode;
}): ReactNode {
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const close = (): void => {
    setError(undefined);
    props.onClose();
  };
  const answer = async (): Promise<void> => {
    setIsBusy(true);
    setError(undefined);
    try {
      await props.onYes();
      close();
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Modal opened={props.isOpen} onClose={close} title={props.title} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        {props.children}
        {error === undefined ? null : <Problem error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {props.no ?? "Go back"}
          </Button>
          <Button color={props.isDangerous === true ? "red" : undefined} loading={isBusy} onClick={() => void answer()}>
            {props.yes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
