import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";

/** Files that are dragged over this page bring the page of uploads under the pointer, where they are dropped. */
export function useDragToUpload(project: string): void {
  const navigate = useNavigate();
  const go = useEffectEvent(() => void navigate({ to: "/projects/$project/upload", params: { project } }));
  useEffect(() => {
    const stop = new AbortController();
    const hold = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      // A browser would leave the page for a file that is dropped before the other page is there.
      event.preventDefault();
      if (event.type === "dragenter") go();
    };
    for (const type of ["dragenter", "dragover", "drop"] as const) {
      globalThis.addEventListener(type, hold, { signal: stop.signal });
    }
    return () => stop.abort();
  }, []);
}
