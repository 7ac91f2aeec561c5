import { useSyncExternalStore } from "react";

const key = "sealrun-exact-times";
const listeners = new Set<() => void>();

/** Whether every time is shown with its date, seconds and zone. The browser remembers the choice. */
export function useExactTimes(): boolean {
  return useSyncExternalStore(subscribe, isExact);
}

/** Shows exact times on all pages, or how long ago they were. */
export function setExactTimes(isOn: boolean): void {
  if (isOn) localStorage.setItem(key, "yes");
  else localStorage.removeItem(key);
  for (const listener of listeners) listener();
}

function isExact(): boolean {
  return localStorage.getItem(key) === "yes";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  globalThis.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    globalThis.removeEventListener("storage", listener);
  };
}
