/** Whether an address, without its search, can be read without a session: the guides show no data of the platform. */
export function isOpenToGuests(pathname: string): boolean {
  return /^\/guides(?:\/|$)/.test(pathname);
}
