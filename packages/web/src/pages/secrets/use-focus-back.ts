import { useEffect } from "react";

/** Gives the focus back to where it was before something opened in front of it; a name that is gone gets none. */
export function useFocusBack(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const before = document.activeElement;
    return () => {
      // After the dialog has let the focus go.
      setTimeout(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, [isOpen]);
}
