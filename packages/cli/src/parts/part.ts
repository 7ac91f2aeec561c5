import type { SealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";

/** A process of the platform. */
export type PartName = "platform" | "keyring" | "executor";

/** What a command line may change in a part's settings. */
export interface PartOptions {
  /** Only for an executor: run scripts without a sandbox. Every execution then shows this. */
  readonly unsafeNoSandbox?: boolean | undefined;
  /** Only for a platform: hold every platform on its database until an admin ends the hold. */
  readonly hold?: boolean | undefined;
}

/** A part that runs. */
interface RunningPart {
  readonly close: () => Promise<void>;
  /** Only of an executor: settles when it was revoked. */
  readonly revoked?: Promise<SealrunError>;
}

/** Starts a part in this process; `openLog` is called once its settings are read. */
export type StartPart = (
  configFile: string,
  options: PartOptions & { readonly openLog: (level: string) => Logger },
) => Promise<RunningPart>;
