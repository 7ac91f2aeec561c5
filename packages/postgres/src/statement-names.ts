/** Names under which connections keep parsed statements and their plans. */
export interface StatementNames {
  /** The name of a statement that has come several times; undefined for one that is not kept. */
  readonly nameOf: (text: string) => string | undefined;
  /** Gives every statement another name: what connections keep under the earlier ones is no longer used. */
  readonly renew: () => void;
}

/** Statements that are made up for one call, with as many rows as it has, hardly come again. */
const minUses = 3;
/** A connection keeps some 10 KiB for each. */
const maxNames = 300;
const maxLength = 8_192;
/** Texts whose uses are counted. */
const maxCounted = 2_000;

/** Names for all connections of a pool; each prepares a statement when it first needs it. */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  let renewed = 0;
  return {
    nameOf: (text) => {
      const known = names.get(text);
      if (known !== undefined) return known;
      if (names.size >= maxNames || !isKept(text)) return undefined;
      const count = (uses.get(text) ?? 0) + 1;
      if (count < minUses) {
        if (uses.size >= maxCounted) uses.clear();
        uses.set(text, count);
        return undefined;
      }
      uses.delete(text);
      const name = `s${renewed}_${names.size}`;
      names.set(text, name);
      return name;
    },
    renew: () => {
      renewed += 1;
      names.clear();
    },
  };
}

/** "begin" and its like are cheapest as plain text, and several statements in one text cannot be prepared. */
function isKept(text: string): boolean {
  return text.length <= maxLength && !text.includes(";") && /^\s*(?:select|insert|update|delete|with)\b/i.test(text);
}
