import { useEffect, useEffectEvent, useState } from "react";

/** Takes files that are dropped anywhere on the page; true while a file is dragged over it. */
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
    listen("drop", (event) => {
      setIsOver(false);
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      // Otherwise the browser opens the file instead of the page.
      event.preventDefault();
      const file = event.dataTransfer.files.item(0);
      if (file !== null) take(file);
    });
    return () => stop.abort();
  }, []);
  return isOver;
}
