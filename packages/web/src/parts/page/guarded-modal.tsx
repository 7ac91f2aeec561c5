import { Modal, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useLeaveGuard } from "./leave-guard.tsx";
import { Question } from "./question.tsx";

/**
 * A dialog for what is typed or chosen and kept nowhere else: Escape, a button, another page and the browser's "back"
 * ask before it is lost. Mount it only while it is open.
 */
export function GuardedModal(props: {
  readonly title: string;
  readonly size?: "lg" | "xl";
  /** True when closing would lose something. */
  readonly isUnsaved: () => boolean;
  readonly question: { readonly title: string; readonly no: string; readonly text: string };
  /** The page's address says that the dialog is open: any change of it closes the dialog. */
  readonly isInAddress?: boolean;
  /** Closes the dialog; with `isInAddress` nothing may be unsaved from then on, or the change of address asks again. */
  readonly onClose: () => void;
  /** The content gets what closes the dialog, after a question when something would be lost. */
  readonly children: (leave: () => void) => ReactNode;
}): ReactNode {
  const { isUnsaved, question, onClose } = props;
  const [isAsking, setIsAsking] = useState(false);
  const guard = useLeaveGuard(isUnsaved, props.isInAddress === true);
  const leave = (): void => (isUnsaved() ? setIsAsking(true) : onClose());
  const stay = (): void => {
    setIsAsking(false);
    guard?.stay();
  };
  const isQuestion = isAsking || guard !== undefined;
  return (
    <Modal
      opened
      onClose={leave}
      closeOnClickOutside={false}
      closeOnEscape={!isQuestion}
      size={props.size}
      title={props.title}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {props.children(leave)}
      {/* Mounted by the question itself: an open one would take the Escape that asks it for its own. */}
      {isQuestion ? (
        <Question
          title={question.title}
          yes="Discard"
          no={question.no}
          isDangerous
          isOpen
          onClose={stay}
          onYes={async () => (guard === undefined ? onClose() : guard.leave())}
        >
          <Text size="sm">{question.text}</Text>
        </Question>
      ) : null}
    </Modal>
  );
}
