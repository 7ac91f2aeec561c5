import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";

/** Opens the upload page when files are dragged over this page, so that they are dropped there. */
export function useDragToUpload(project: string): void {
  const navigate = useNavigate();
  const go = useEffectEvent(() => void navigate({ to: "/projects/$project/upload", params: { project } }));
  useEffect(() => {
    const stop = new AbortController();
    const hold = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      // Otherwise the browser opens a file that is dropped before the upload page is shown.
      event.preventDefault();
      if (event.type === "dragenter") go();
    };
    for (const type of ["dragenter", "dragover", "drop"] as const) {
      globalThis.addEventListener(type, hold, { signal: stop.signal });
    }
    return () => stop.abort();
  }, []);
}
