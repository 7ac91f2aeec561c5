import type { DatabaseAddress } from "../../packages/cli/src/dev/postgres.ts";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";

declare module "vitest" {
  /** What the global setup hands to every test file of the project "parts". */
  interface ProvidedContext {
    readonly programs: Programs;
    readonly superuser: DatabaseAddress;
  }
}
