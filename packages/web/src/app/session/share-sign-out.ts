const name = "sealrun-session";
const signedOut = "signed-out";

/** Tells the other windows of this browser that their session is over. */
export function tellSignOut(): void {
  const channel = new BroadcastChannel(name);
  channel.postMessage(signedOut);
  channel.close();
}

/** Calls back when another window has signed out, until the returned function is called. */
export function listenForSignOut(onSignOut: () => void): () => void {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", ({ data }) => {
    if (data === signedOut) onSignOut();
  });
  return () => channel.close();
}
