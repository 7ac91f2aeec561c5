/** Where a worker logs what is wrong on this machine; its supervisor's own log is one too. */
export interface AttemptLog {
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
}
