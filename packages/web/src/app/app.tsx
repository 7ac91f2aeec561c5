import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useLayoutEffect, useState } from "react";
import { createQueries } from "../platform/queries.ts";
import { createPages } from "./routes.tsx";
import { SessionGate } from "./session/session-gate.tsx";
import { colorVariables, theme } from "./theme.ts";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

/** The whole UI: its theme, its cache, its session, and the page that the address names. */
export function App(): ReactNode {
  const [queries] = useState(createQueries);
  const [pages] = useState(() => createPages(queries));
  // What index.html shows until now; see parts/page/first-paint.tsx.
  useLayoutEffect(() => document.getElementById("first-paint")?.remove(), []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={colorVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <SessionGate>
          <RouterProvider router={pages} />
        </SessionGate>
      </QueryClientProvider>
    </MantineProvider>
  );
}
