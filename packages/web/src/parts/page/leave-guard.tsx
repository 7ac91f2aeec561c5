import { Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Question } from "./question.tsx";

/** A change of page that waits for an answer. */
interface BlockedLeave {
  readonly leave: () => void;
  readonly stay: () => void;
}

/** Blocks a change of page, also by the browser's "back", while something would be lost; with `isAnyChange` also within the page. */
export function useLeaveGuard(isUnsaved: () => boolean, isAnyChange: boolean): BlockedLeave | undefined {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => (isAnyChange || current.pathname !== next.pathname) && isUnsaved(),
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  });
  if (status !== "blocked") return undefined;
  return { leave: proceed, stay: reset };
}

/** Asks before another page takes the place of what is typed or chosen on this one. */
export function LeaveQuestion(props: {
  readonly title: string;
  readonly text: string;
  readonly isUnsaved: () => boolean;
}): ReactNode {
  const blocked = useLeaveGuard(props.isUnsaved, false);
  return (
    <Question
      title={props.title}
      yes="Leave"
      no="Stay"
      isDangerous
      isOpen={blocked !== undefined}
      onClose={() => blocked?.stay()}
      onYes={async () => blocked?.leave()}
    >
      <Text size="sm">{props.text}</Text>
    </Question>
  );
}
