import { useMediaQuery } from "@mantine/hooks";

/** True in a window in which tables are cards: that of a telephone, or one zoomed to twice the size. */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 48em)", globalThis.innerWidth < 768, { getInitialValueInEffect: false });
}
