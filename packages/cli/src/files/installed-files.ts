/** Files of this installation that scripts of local runs, and editors, are given. */
export interface InstalledFiles {
  /** The folder with `bootstrap.mjs`, `bootstrap.py` and `sealrun-context`; ends with a slash. */
  readonly bootstrap: string;
  /** The program that answers `sealrun-context` in a local run. */
  readonly answerShell: string;
  /** URL of the module that finds the SDK for a script of a local run. */
  readonly hook: string;
  /** The folder of the Python packages; ends with a slash. */
  readonly pythonSdk: string;
  /** The folder with the TypeScript SDK's declarations. */
  readonly sdkTypes: string;
}
