/** What one reference asks for. */
export type Expression =
  | { readonly kind: "literal"; readonly text: string }
  /** A secret by name; from one scope alone with `namespace`, one field of its value with `subkey`. */
  | { readonly kind: "secret"; readonly name: string; readonly namespace?: string; readonly subkey?: string }
  /** A name with dots and fields after it: which part is the name is known when the secrets are. */
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "encode" | "decode"; readonly of: Expression }
  /** A jq program over `{"secrets": {…}}`, with the names of secrets that it reads. */
  | { readonly kind: "jq"; readonly program: string; readonly names: readonly string[] };

/** A stretch of a text: taken as it is, or replaced. `at` counts characters from 1. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reference"; readonly at: number; readonly expression: Expression };

/** A reference as it was read, and the index after it. */
export interface ReadExpression {
  readonly expression: Expression;
  readonly end: number;
}
