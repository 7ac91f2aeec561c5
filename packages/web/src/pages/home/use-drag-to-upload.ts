import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { hasDrop } from "../../parts/drop/held-drop.ts";

/**
 * Opens the upload page when files are dropped on this page: that page takes them. True while files are dragged over this
 * one, which a drag that only crosses the window does not leave.
 */
export function useDragToUpload(project: string): boolean {
  const navigate = useNavigate();
  const [isOver, setIsOver] = useState(false);
  const go = useEffectEvent(() => void navigate({ to: "/projects/$project/upload", params: { project } }));
  useEffect(() => {
    const stop = new AbortController();
    const listen = (type: "dragenter" | "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void): void =>
      globalThis.addEventListener(type, act, { signal: stop.signal });
    const enter = ({ dataTransfer }: DragEvent): void => {
      if (dataTransfer?.types.includes("Files") === true) setIsOver(true);
    };
    const takeHeld = (): void => {
      setIsOver(false);
      if (hasDrop()) go();
    };
    listen("dragenter", enter);
    listen("dragover", enter);
    // Without a related target the pointer has left the window.
    listen("dragleave", ({ relatedTarget }) => {
      if (relatedTarget === null) setIsOver(false);
    });
    listen("drop", takeHeld);
    // No pointer moves while something is dragged: a drag of which no end was heard is over.
    globalThis.addEventListener("pointermove", () => setIsOver(false), { signal: stop.signal });
    // Dropped before this page's code was there.
    takeHeld();
    return () => stop.abort();
  }, []);
  return isOver;
}
