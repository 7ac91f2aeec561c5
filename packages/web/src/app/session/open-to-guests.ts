/** Whether an address, without its search, can be read without a session: the guides hold nothing of a platform. */
export function isOpenToGuests(pathname: string): boolean {
  return /^\/guides(?:\/|$)/.test(pathname);
}
