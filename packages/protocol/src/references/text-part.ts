/** The expression inside one reference. */
export type Expression =
  | { readonly kind: "literal"; readonly text: string }
  /** A secret by name; only from one scope with `namespace`, one field of its value with `subkey`. */
  | { readonly kind: "secret"; readonly name: string; readonly namespace?: string; readonly subkey?: string }
  /** A secret name and fields after it, with dots between. Only the existing secrets tell where the name ends. */
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "encode" | "decode"; readonly of: Expression }
  /** A jq program over `{"secrets": {…}}`, with the names of secrets that it reads. */
  | { readonly kind: "jq"; readonly program: string; readonly names: readonly string[] };

/** A part of a text: plain text, or a reference to be replaced. `at` counts characters from 1. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reference"; readonly at: number; readonly expression: Expression };

/** The expression that was read, and the index after it. */
export interface ReadExpression {
  readonly expression: Expression;
  readonly end: number;
}
