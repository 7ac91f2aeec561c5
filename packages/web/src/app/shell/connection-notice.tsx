import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { LiveState } from "../live/live-state.ts";

/** Says that the platform cannot be reached. It goes when the platform is back; what was typed stays. */
export function ConnectionNotice({ state }: { readonly state: LiveState }): ReactNode {
  if (state !== "lost") return null;
  return (
    <Alert
      mb="md"
      color="orange"
      role="status"
      icon={<IconPlugConnectedX aria-hidden />}
      title="The platform cannot be reached"
    >
      This page may show old data. It keeps what you typed, and reconnects by itself.
    </Alert>
  );
}
