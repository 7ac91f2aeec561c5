/* What the build makes of packages/docs: build/guides.ts. */

declare module "virtual:guides" {
  import type { Block, Guide, GuideEntry } from "./guide-content.ts";

  /** All guides, in reading order. */
  export const entries: readonly GuideEntry[];
  /** What else the front page of the guides says. */
  export const words: readonly Block[];
  /** Fetches a guide by its name. */
  export const loaders: Readonly<Record<string, () => Promise<{ readonly guide: Guide }>>>;
}

declare module "virtual:guides/search" {
  import type { GuideSection } from "./guide-content.ts";

  /** The text of all guides. */
  export const sections: readonly GuideSection[];
}
