import { useEffect, useEffectEvent } from "react";
import { actionOf, type KeyAction, type KeyPlace } from "./secrets-keys.ts";

/** Listens for the page's keys while no dialog is open; `name` is the name that has the focus. */
export function useSecretsKeys(onAction: (action: KeyAction, name: string | undefined) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || document.querySelector('[role="dialog"], [role="menu"]') !== null) return;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    const action = actionOf(event, placeOf(focused));
    if (action === undefined) return;
    event.preventDefault();
    const name = focused?.dataset["secret"];
    if (action === "search") document.querySelector<HTMLInputElement>("[data-secrets-search]")?.focus();
    else if (action === "next" || action === "previous" || action === "first" || action === "last")
      move(action, focused);
    else onAction(action, name);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event);
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, []);
}

/** Moves the focus to another name. Of a long list only the names near the window are drawn. */
function move(action: "next" | "previous" | "first" | "last", focused: HTMLElement | undefined): void {
  const isWhole = document.querySelector("tbody tr[aria-hidden]") === null;
  if (isWhole || action === "next" || action === "previous") return focusName(action, focused);
  globalThis.scrollTo({ top: action === "first" ? 0 : document.documentElement.scrollHeight });
  // The rows of that end are drawn in the frame after the scroll.
  requestAnimationFrame(() => requestAnimationFrame(() => focusName(action, undefined)));
}

function focusName(action: "next" | "previous" | "first" | "last", focused: HTMLElement | undefined): void {
  const names = [...document.querySelectorAll<HTMLElement>("[data-secret]")];
  const at = focused === undefined ? -1 : names.indexOf(focused);
  const last = names.length - 1;
  const places = {
    next: Math.min(at + 1, last),
    previous: at === -1 ? last : Math.max(at - 1, 0),
    first: 0,
    last,
  } as const;
  names[places[action]]?.focus();
}

function placeOf(focused: HTMLElement | undefined): KeyPlace {
  if (focused === undefined) return "page";
  if (focused.dataset["secretsSearch"] !== undefined) return "search";
  if (focused.dataset["secret"] !== undefined) return "name";
  const isTyping =
    focused.isContentEditable ||
    focused instanceof HTMLTextAreaElement ||
    focused instanceof HTMLSelectElement ||
    (focused instanceof HTMLInputElement && focused.type !== "checkbox");
  return isTyping ? "typing" : "page";
}
