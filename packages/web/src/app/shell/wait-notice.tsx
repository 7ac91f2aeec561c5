import { Notification } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { findOldestRequest } from "../../platform/queries.ts";
import classes from "./shell.module.css";

const slowMs = 3_000;

/** Says that a request has had no answer for some seconds, so that a page that waits does not look broken. */
export function WaitNotice(): ReactNode {
  const queries = useQueryClient();
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setIsSlow(Date.now() - (findOldestRequest(queries) ?? Date.now()) > slowMs), 1_000);
    return () => clearInterval(timer);
  }, [queries]);
  return (
    <div role="status" className={classes["wait"]}>
      {isSlow ? (
        <Notification loading withCloseButton={false} withBorder title="Still waiting">
          The platform has not answered yet. This page goes on when it does.
        </Notification>
      ) : null}
    </div>
  );
}
