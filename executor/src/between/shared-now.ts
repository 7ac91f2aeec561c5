/** Now, on the clock that all processes of this machine share, in ms. It never jumps, and stands still while the machine is suspended. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
