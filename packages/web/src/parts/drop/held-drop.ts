/** What lay in a drop. It is read within the event: the browser clears the event's own list afterwards. */
export interface Grabbed {
  /** Undefined for a file that is not from a disk. */
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

interface Waiting {
  readonly place: string;
  readonly grabbed: readonly Grabbed[];
}

let held: Waiting | undefined;

/**
 * Keeps what is dropped on a page that takes drops, from the first script on: the page's own code may still be on its
 * way, and the browser would open the file instead. The page takes it when it is shown, and at each later drop.
 */
export function holdDrops(): void {
  const cover = createCover();
  const hold = (event: DragEvent): void => {
    const place = placeOf(globalThis.location.pathname);
    if (place === undefined || event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    if (event.type === "drop") held = { place, grabbed: grab(event.dataTransfer.items) };
    else if (!cover.isConnected) document.body.append(cover);
  };
  for (const type of ["dragenter", "dragover", "drop"] as const) globalThis.addEventListener(type, hold);
  // No pointer moves while something is dragged: a drag of which no end was heard is over.
  for (const type of ["drop", "pointermove"] as const) globalThis.addEventListener(type, () => cover.remove());
}

/**
 * Lies in front of the page while files are dragged over it. A drop goes to the element under the pointer, and is lost
 * when the page has just replaced that element: its content may come while the files are dragged.
 */
function createCover(): HTMLElement {
  const cover = document.createElement("div");
  Object.assign(cover.style, { position: "fixed", inset: "0", zIndex: "2147483647" });
  cover.addEventListener("dragleave", () => cover.remove());
  return cover;
}

/** What was dropped on this page and is not taken yet; it is given once. A drop on another page is forgotten. */
export function takeDrop(): readonly Grabbed[] | undefined {
  const isHere = hasDrop();
  const { grabbed } = held ?? {};
  held = undefined;
  return isHere ? grabbed : undefined;
}

/** True when something was dropped on this page and is not taken yet. */
export function hasDrop(): boolean {
  return held !== undefined && held.place === placeOf(globalThis.location.pathname);
}

/** Names who takes a drop on a page; undefined for a page without drops. A project's page gives it to its upload page. */
export function placeOf(pathname: string): string | undefined {
  const upload = /^(\/projects\/[^/]+)(?:\/upload)?\/?$/.exec(pathname);
  const secrets = /^(\/(?:vault|projects\/[^/]+(?:\/packages\/[^/]+)?)\/secrets)\/?$/.exec(pathname);
  return upload?.[1] ?? secrets?.[1];
}

function grab(items: DataTransferItemList): readonly Grabbed[] {
  return [...items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
}
