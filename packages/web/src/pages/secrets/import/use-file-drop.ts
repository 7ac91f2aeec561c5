import { useEffect, useEffectEvent, useState } from "react";
import { takeDrop } from "../../../parts/drop/held-drop.ts";

/** Takes files that are dropped anywhere on the page, also while it was on its way; true while a file is dragged over it. */
export function useFileDrop(onFile: (file: File) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const take = useEffectEvent(onFile);
  useEffect(() => {
    const stop = new AbortController();
    const listen = (type: "dragenter" | "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void): void =>
      globalThis.addEventListener(type, act, { signal: stop.signal });
    const hold = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      event.preventDefault();
      setIsOver(true);
    };
    listen("dragenter", hold);
    listen("dragover", hold);
    // Without a related target the pointer has left the window.
    listen("dragleave", (event) => {
      if (event.relatedTarget === null) setIsOver(false);
    });
    const takeHeld = (): void => {
      setIsOver(false);
      const file = takeDrop()?.find((grabbed) => grabbed.file !== null)?.file ?? null;
      if (file !== null) take(file);
    };
    listen("drop", takeHeld);
    // Dropped before this page was there.
    takeHeld();
    return () => stop.abort();
  }, []);
  return isOver;
}
