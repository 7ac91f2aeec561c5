import { SealrunError } from "../error.ts";
import type { JsonValue } from "../text/json-value.ts";
import { showPath } from "../text/show-text.ts";
import { readReferences } from "./read-references.ts";
import type { ReferencePlace } from "./resolve-references.ts";
import type { Expression } from "./text-part.ts";

/** A secret that a text refers to, and where: `config.json: database.password`. */
export interface ListedReference {
  readonly place: string;
  /** Candidate names, one of which is read: more than one only where a path has dots. */
  readonly names: readonly string[];
  /** The only scope that may answer, or the project's name; without it, any scope may answer. */
  readonly namespace?: string;
}

/** Every secret that a value's texts refer to, without looking anything up. Throws `REFERENCE_INVALID` with the place. */
export function listReferences(value: JsonValue, place: ReferencePlace): readonly ListedReference[] {
  return textsOf(value, []).flatMap(({ path, text }) => {
    const field = path.length === 0 ? place.document : `${place.document}: ${showPath(path)}`;
    try {
      return readReferences(text, place.isProgram === true && path.length === 0).flatMap((part) =>
        part.kind === "text" ? [] : referencesOf(part.expression).map((reference) => ({ place: field, ...reference })),
      );
    } catch (error) {
      if (!(error instanceof SealrunError)) throw error;
      throw new SealrunError(error.code, `${field}: ${error.message}`, { cause: error });
    }
  });
}

function textsOf(
  value: JsonValue,
  path: readonly PropertyKey[],
): readonly { readonly path: readonly PropertyKey[]; readonly text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(item, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => textsOf(member, [...path, key]));
}

function referencesOf(expression: Expression): readonly Omit<ListedReference, "place">[] {
  switch (expression.kind) {
    case "secret": {
      const { name, namespace } = expression;
      return [{ names: [name], ...(namespace === undefined ? {} : { namespace }) }];
    }
    case "path":
      return [{ names: expression.path.split(".").map((_, index, all) => all.slice(0, all.length - index).join(".")) }];
    case "jq":
      return expression.names.map((name) => ({ names: [name] }));
    case "encode":
    case "decode":
      return referencesOf(expression.of);
    case "literal":
    case "variable":
      return [];
  }
}
