import { type FeedBlock, type FeedEntry, packBlocks, unpackBlock } from "./feed-block.ts";

/** So many live blocks of a feed that grows are merged. */
export const maxLiveBlocks = 16;
/** Fewer than these stay as they are after the end: merging them would cost more than they do. */
export const minLiveBlocks = 8;

/** Whether live blocks of a feed are merged once another is added to them; `isLast`: none is expected after it. */
export function isMergeDue({ live, isLast }: { readonly live: number; readonly isLast: boolean }): boolean {
  return live + 1 >= (isLast ? minLiveBlocks : maxLiveBlocks);
}

/** A stored block with the cursor of its last entry. */
export interface PlacedBlock {
  readonly lastCursor: bigint;
  readonly count: number;
  readonly body: Uint8Array;
}

/** What replaces live blocks: those to remove, and the new ones with the cursors of their last entries. */
export interface MergedBlocks {
  readonly removed: readonly bigint[];
  readonly added: readonly (FeedBlock & { readonly lastCursor: bigint })[];
}

/**
 * Merges live blocks into blocks that never change again: each line is written at most twice. Only neighbours are
 * merged, and a damaged block stays as it is.
 */
export function mergeBlocks(live: readonly PlacedBlock[]): MergedBlocks {
  const removed: bigint[] = [];
  const runs: { lastCursor: bigint; entries: FeedEntry[] }[] = [];
  const append = (entries: readonly FeedEntry[], lastCursor: bigint): void => {
    const run = runs.at(-1);
    if (run !== undefined && run.lastCursor + BigInt(entries.length) === lastCursor) {
      for (const entry of entries) run.entries.push(entry);
      run.lastCursor = lastCursor;
    } else runs.push({ lastCursor, entries: [...entries] });
  };
  for (const { lastCursor, count, body } of live) {
    const unpacked = unpackBlock(body, count);
    if (unpacked.kind === "damaged") continue;
    removed.push(lastCursor);
    append(unpacked.entries, lastCursor);
  }
  const added = runs.flatMap(({ lastCursor, entries }) => {
    let cursor = lastCursor - BigInt(entries.length);
    return packBlocks(entries, { mayGrow: false }).map((block) => {
      cursor += BigInt(block.count);
      return { ...block, lastCursor: cursor };
    });
  });
  return { removed, added };
}
