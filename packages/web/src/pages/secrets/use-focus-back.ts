import { useEffect } from "react";

/** Returns the focus to the element that had it before a dialog opened, if that element still exists. */
export function useFocusBack(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const before = document.activeElement;
    return () => {
      // After the dialog has released the focus.
      setTimeout(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, [isOpen]);
}
