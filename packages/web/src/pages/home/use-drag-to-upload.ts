import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import { hasDrop } from "../../parts/drop/held-drop.ts";

/** Opens the upload page when files are dragged over this page or were dropped on it: that page takes them. */
export function useDragToUpload(project: string): void {
  const navigate = useNavigate();
  const go = useEffectEvent(() => void navigate({ to: "/projects/$project/upload", params: { project } }));
  useEffect(() => {
    const stop = new AbortController();
    let isGoing = false;
    const goOnce = (): void => {
      if (!isGoing) go();
      isGoing = true;
    };
    const onDrag = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files") === true) goOnce();
    };
    // The pointer may have come over the page before its code did.
    for (const type of ["dragenter", "dragover", "drop"] as const) {
      globalThis.addEventListener(type, onDrag, { signal: stop.signal });
    }
    if (hasDrop()) goOnce();
    return () => stop.abort();
  }, []);
}
