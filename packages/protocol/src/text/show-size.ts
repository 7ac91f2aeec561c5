/** Bytes for people, rounded: "512 B", "3.4 MiB", "-1.0 KiB". */
export function showSize(bytes: number): string {
  if (bytes < 0) return `-${showSize(-bytes)}`;
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  // 1,023.96 would be shown as 1,024.0.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ""}`;
}
