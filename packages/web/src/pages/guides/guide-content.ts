/** A piece of a sentence. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong"; readonly parts: readonly Inline[] }
  | { readonly kind: "emphasis"; readonly parts: readonly Inline[] }
  | { readonly kind: "break" }
  | { readonly kind: "link"; readonly to: LinkTarget; readonly parts: readonly Inline[] };

/** The target of a link: a guide, the index, a file of the repository that is not a guide, or another site. */
export type LinkTarget =
  | { readonly kind: "guide"; readonly guide: string; readonly heading: string | undefined }
  | { readonly kind: "index"; readonly heading: string | undefined }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "outside"; readonly url: string };

/** A part of a guide, from top to bottom. */
export type Block =
  | { readonly kind: "heading"; readonly depth: number; readonly id: string; readonly parts: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly parts: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: "list"; readonly isOrdered: boolean; readonly items: readonly (readonly Block[])[] };

/** A guide as pages show it; its title is not among the blocks. */
export interface Guide {
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A heading below the title, as a table of contents has it. */
export interface GuideHeading {
  readonly id: string;
  readonly depth: number;
  readonly text: string;
}

/** A guide, as a list of guides has it. */
export interface GuideEntry {
  /** As in its address: `reference/cli`. */
  readonly name: string;
  readonly title: string;
  readonly group: string;
  readonly description: string;
  readonly headings: readonly GuideHeading[];
}

/** The text below one heading, for searching. */
export interface GuideSection {
  readonly guide: string;
  readonly title: string;
  /** Empty above the first heading. */
  readonly id: string;
  readonly heading: string;
  readonly text: string;
}
