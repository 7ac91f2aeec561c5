import type { Client } from "@sealrun/client";
import { createContext, useContext } from "react";

/** The platform that served this page; requests carry the session's cookie. A save that has no answer ends after a minute. */
export const ownPlatform = { url: globalThis.location.origin, maxSaveMs: 60_000 };

/** The requester who is signed in, and the client for their platform. */
export interface SignedIn {
  readonly client: Client;
  readonly requester: string;
}

const context = createContext<SignedIn | undefined>(undefined);

/** Gives pages the client and the requester. */
export const SignedInProvider = context.Provider;

/** Whether a user is signed in; guests see only the guides. */
export function useIsSignedIn(): boolean {
  return useContext(context) !== undefined;
}

/** The client and the requester; every page below the shell has them. */
export function useSignedIn(): SignedIn {
  const signedIn = useContext(context);
  if (signedIn === undefined) throw new TypeError("useSignedIn() was called outside the shell");
  return signedIn;
}

/** The client of the platform's API; it seals in this browser. */
export function useClient(): Client {
  return useSignedIn().client;
}
