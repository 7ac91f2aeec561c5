import { useEffect, useEffectEvent, useState } from "react";
import { collectDropped } from "./collect-files.ts";
import { takeDrop } from "../../../parts/drop/held-drop.ts";
import { takeFiles } from "../../../parts/drop/held-files.ts";
import type { DroppedFile } from "./dropped-file.ts";

/** Takes files that are dropped anywhere on the page, also while it was on its way; true while files are dragged over it. */
export function useDrop(onFiles: (files: Promise<readonly DroppedFile[]>) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => {
    const stop = new AbortController();
    const listen = (type: "dragenter" | "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void): void =>
      globalThis.addEventListener(type, act, { signal: stop.signal });
    const hold = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    listen("dragenter", hold);
    listen("dragover", hold);
    // Without a related target the pointer has left the window.
    listen("dragleave", ({ relatedTarget }) => {
      if (relatedTarget === null) setIsOver(false);
    });
    const takeHeld = (): void => {
      setIsOver(false);
      const grabbed = takeDrop();
      if (grabbed !== undefined) take(collectDropped(grabbed));
    };
    listen("drop", takeHeld);
    // Dropped before this page was there, or edited on the page of a package.
    takeHeld();
    const edited = takeFiles(globalThis.location.pathname);
    if (edited !== undefined) take(Promise.resolve(edited));
    return () => stop.abort();
  }, []);
  return isOver;
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") === true;
}
