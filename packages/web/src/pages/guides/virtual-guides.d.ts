/* What the build makes of packages/docs: build/guides.ts. An ambient module may not import by a relative name. */

declare module "virtual:guides" {
  /** All guides, in reading order. */
  export const entries: readonly import("./guide-content.ts").GuideEntry[];
  /** What else the front page of the guides says. */
  export const words: readonly import("./guide-content.ts").Block[];
  /** Fetches a guide by its name. */
  export const loaders: Readonly<Record<string, () => Promise<{ readonly guide: import("./guide-content.ts").Guide }>>>;
}

declare module "virtual:guides/search" {
  /** The text of all guides. */
  export const sections: readonly import("./guide-content.ts").GuideSection[];
}
