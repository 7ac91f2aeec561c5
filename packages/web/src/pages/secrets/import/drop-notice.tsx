import { Center, Overlay, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Shown while a file is dragged over the page. */
export function DropNotice(): ReactNode {
  return (
    <Overlay fixed zIndex={300} backgroundOpacity={0.6} blur={2} style={{ pointerEvents: "none" }}>
      <Center h="100%">
        <Text size="lg" fw={600} c="white">
          Drop a .env or .json file to import its secrets
        </Text>
      </Center>
    </Overlay>
  );
}
