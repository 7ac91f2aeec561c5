import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { guides } from "./build/guides.ts";

/** The web UI as files that a platform serves; everything comes from the platform's own address. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), guides(join(import.meta.dirname, "../docs")), compress()],
  resolve: { conditions: ["@sealrun/source", ...defaultClientConditions] },
  // A worker may load a file later, as the check of scripts does with its parser.
  worker: { format: "es" },
  build: {
    target: "es2023",
    // The first ones that know light-dark(): rewritten for older ones it would follow no colour scheme.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Nothing inline: the page's policy allows only files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
});
