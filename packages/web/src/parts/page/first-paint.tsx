import type { ReactNode } from "react";

/** As `index.html` shows it before the scripts have come: the bar of the page and grey blocks. Its style is in that file. */
export function FirstPaint(): ReactNode {
  return (
    <div className="first-paint" aria-busy="true">
      <div className="first-paint-bar">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>sealrun</span>
      </div>
      <p role="status">Loading</p>
      <i />
      <i />
      <i />
    </div>
  );
}
