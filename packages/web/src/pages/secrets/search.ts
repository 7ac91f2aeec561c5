/** What the address of a page of secrets says: names, never a value. */
export interface SecretsSearch {
  /** What is searched for. */
  readonly find?: string | undefined;
  /** The name to set; empty to ask for one. */
  readonly add?: string | undefined;
  /** The name whose details are open. */
  readonly open?: string | undefined;
}
