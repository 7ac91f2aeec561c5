import { access, constants } from "node:fs/promises";

/** Whether this user may open the device that slirp4netns needs, so that the network "outbound" can be enforced. */
export async function isTunOpen(): Promise<boolean> {
  return access("/dev/net/tun", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
