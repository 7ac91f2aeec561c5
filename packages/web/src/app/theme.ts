import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** One calm accent; its darker steps have the contrast of 4.5 that small text needs on white. */
const accent: MantineColorsTuple = [
  "#e3fafc",
  "#c5f6fa",
  "#99e9f2",
  "#66d9e8",
  "#3bc9db",
  "#22b8cf",
  "#15aabf",
  "#0c8599",
  "#0b7285",
  "#095c6b",
];

/** The look of every page; pages set no colours themselves. */
export const theme = createTheme({
  colors: { accent },
  primaryColor: "accent",
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: "var(--sealrun-mono)",
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.15rem" }, h3: { fontSize: "1rem" } },
  },
  respectReducedMotion: true,
  components: {
    // A box that scrolls can be scrolled by keyboard even if nothing in it takes focus (WCAG 2.1.1).
    TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
    // A title of two lines, such as one with a long name, does not overlap itself.
    ModalTitle: { defaultProps: { lh: 1.35 } },
    // The header of a dialog is not a banner of the page.
    ModalHeader: { defaultProps: { role: "presentation" } },
    DrawerHeader: { defaultProps: { role: "presentation" } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
  },
});

/** Small text keeps a contrast of 4.5 (WCAG 2.2, 1.4.3) in both schemes: dimmed text, and words on light badges. */
export const colorVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[7],
    "--mantine-color-green-light-color": "#1d6a2e",
    "--mantine-color-orange-light-color": "#a33b00",
    "--mantine-color-red-light-color": "#b32222",
    "--mantine-color-yellow-light-color": "#8a5000",
    "--mantine-color-gray-light-color": colors.gray[8],
    "--mantine-color-accent-light-color": "#095c6b",
    "--mantine-color-error": "#c92a2a",
  },
  dark: {
    "--mantine-color-dimmed": colors.dark[1],
    "--mantine-color-placeholder": colors.dark[1],
    "--mantine-color-error": colors.red[4],
    "--mantine-color-accent-filled": "#0b7b8e",
    "--mantine-color-accent-filled-hover": "#0a6f80",
  },
});
