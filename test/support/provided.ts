import type { DatabaseAddress } from "../../packages/cli/src/servers/postgres.ts";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import type { Chromium } from "./chromium.ts";
import type { DevProcess } from "./dev-process.ts";

declare module "vitest" {
  /** What the global setups hand to the test files of the projects that name them. */
  interface ProvidedContext {
    readonly programs: Programs;
    readonly superuser: DatabaseAddress;
    readonly chromium: Chromium;
    readonly stage: Pick<DevProcess, "url" | "token" | "fingerprint"> & { readonly folder: string };
  }
}
