/** Calls within one process, for what need not reach the others. */
export interface Rings {
  readonly ring: (bell: string) => void;
  /** Calls `listener` at every ring of that bell until the returned function is called. */
  readonly onRing: (bell: string, listener: () => void) => () => void;
}

/** Rung by itself after the commit of each statement that adds rows to the audit: its sealer hears it. */
export const auditBell = "audit";

/** True for a statement that adds rows to the audit, alone or as a part of it. */
export function addsToAudit(text: string): boolean {
  return /\binto audit\b/.test(text);
}

/** Bells without listeners may be rung: nothing happens. */
export function createRings(): Rings {
  const bells = new Map<string, Set<() => void>>();
  return {
    ring: (bell) => {
      for (const listener of bells.get(bell) ?? []) listener();
    },
    onRing: (bell, listener) => {
      const listeners = bells.get(bell) ?? new Set();
      bells.set(bell, listeners.add(listener));
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
