import type { Client } from "@sealrun/client";
import { createContext, useContext } from "react";

/** The platform that served this page; requests carry the session's cookie. */
export const ownPlatform = { url: globalThis.location.origin };

/** Who is signed in, and the platform they talk to. */
export interface SignedIn {
  readonly client: Client;
  readonly author: string;
}

const context = createContext<SignedIn | undefined>(undefined);

/** Gives pages their platform. */
export const SignedInProvider = context.Provider;

/** Whether anybody is: guests see no more than the guides. */
export function useIsSignedIn(): boolean {
  return useContext(context) !== undefined;
}

/** The platform and who is signed in; every page below the shell has one. */
export function useSignedIn(): SignedIn {
  const signedIn = useContext(context);
  if (signedIn === undefined) throw new TypeError("useSignedIn() was called outside the shell");
  return signedIn;
}

/** Everything the API does, sealing in this browser. */
export function useClient(): Client {
  return useSignedIn().client;
}
