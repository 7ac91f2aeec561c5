import type { Page } from "playwright-core";

/** Drops a file as a hand does: over the page, then let go. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(
    ([fileName = "", content = ""]) => {
      const ref = new DataTransfer();
      ref.items.add(new File([content], fileName));
      for (const type of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: ref, bubbles: true, cancelable: true }));
      }
    },
    [name, text],
  );
}
