import { Center, Overlay, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Shown while files are dragged over a page: what happens when they are dropped. */
export function DropNotice({ text }: { readonly text: string }): ReactNode {
  return (
    <Overlay fixed zIndex={300} backgroundOpacity={0.6} blur={2} style={{ pointerEvents: "none" }}>
      <Center h="100%">
        <Text size="lg" fw={600} c="white">
          {text}
        </Text>
      </Center>
    </Overlay>
  );
}
