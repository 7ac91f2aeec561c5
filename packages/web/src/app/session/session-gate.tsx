import { Modal } from "@mantine/core";
import { createClient, currentSession, fetchPlatform } from "@sealrun/client";
import { type PlatformInfo, toSealrunError } from "@sealrun/protocol";
import {
  type MutationCacheNotifyEvent,
  type QueryCacheNotifyEvent,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { SignIn } from "../../pages/sign-in/sign-in.tsx";
import { KeyringChanged } from "../../pages/sign-in/keyring-changed.tsx";
import { FirstPaint } from "../../parts/page/first-paint.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { clearOnUserChange } from "./clear-on-user-change.ts";
import { isOpenToGuests } from "./open-to-guests.ts";
import { listenForSignOut } from "./share-sign-out.ts";
import { checkPin, repin } from "./pin.ts";
import { ownPlatform, SignedInProvider } from "../../platform/platform.tsx";
import { isSignedOut } from "../../platform/queries.ts";

/**
 * Shows its children to a signed-in user, and the guides to everyone. A user whose session ends signs in again in front
 * of the page, which stays as it is: nothing typed is lost. Another user gets a fresh page.
 */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["session"],
    queryFn: readSession,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const sessionEnd = useSessionEnd();
  const { end } = sessionEnd;
  useEffect(() => listenForSignOut(end), [end]);
  if (found.error !== null) return <Problem error={found.error} onRetry={async () => found.refetch()} isPage />;
  if (found.data === undefined) {
    return <FirstPaint />;
  }
  const { platform, session } = found.data;
  const onSignedIn = async (): Promise<void> => {
    const now = await readSession();
    // Before any page learns of the new user.
    clearOnUserChange(queries, session?.author, now.session?.author);
    queries.setQueryData(["session"], now);
    sessionEnd.reset();
  };
  return (
    <Pinned key={platform.keyring.fingerprint} platform={platform} requester={session?.author} onSignedIn={onSignedIn}>
      {children}
      <Modal
        opened={sessionEnd.hasEnded && session !== null}
        onClose={() => undefined}
        withCloseButton={false}
        title="Sign in again"
        // Who signs out wants no name to stay on the screen, in any window; what was typed stays behind it.
        overlayProps={sessionEnd.isCovered ? { backgroundOpacity: 1, color: "var(--mantine-color-body)" } : {}}
        // In front of the page's own dialogs, which keep the text typed in them.
        zIndex={1_000}
      >
        <SignIn platform={platform} onSignedIn={onSignedIn} isInFront />
      </Modal>
    </Pinned>
  );
}

async function readSession(): Promise<{
  readonly platform: PlatformInfo;
  readonly session: Awaited<ReturnType<typeof currentSession>>;
}> {
  const [platform, session] = await Promise.all([fetchPlatform(ownPlatform), currentSession(ownPlatform)]);
  return { platform, session };
}

interface PinnedProps {
  readonly platform: PlatformInfo;
  readonly requester: string | undefined;
  readonly onSignedIn: () => Promise<void>;
  readonly children: ReactNode;
}

/** Refuses a keyring that this browser has not pinned, before anything is typed that would be sealed for it. */
function Pinned({ platform, requester, onSignedIn, children }: PinnedProps): ReactNode {
  const { fingerprint } = platform.keyring;
  const [pin, setPin] = useState(() => readPin(fingerprint));
  // The first answer for this keyring: a later one, after another sign-in, must not give pages another client.
  const [known] = useState(platform);
  const client = useMemo(
    () => (pin.isKnown ? createClient({ ...ownPlatform, fingerprint, platform: known }) : undefined),
    [pin.isKnown, fingerprint, known],
  );
  if (client === undefined) {
    const trust = (): void => {
      repin(localStorage, fingerprint);
      setPin(readPin(fingerprint));
    };
    return <KeyringChanged message={pin.message} found={fingerprint} onTrust={trust} />;
  }
  if (requester === undefined) {
    return isOpenToGuests(globalThis.location.pathname) ? (
      children
    ) : (
      <SignIn platform={platform} onSignedIn={onSignedIn} />
    );
  }
  return (
    // Remounts on user change, so that form state never leaks to the next user.
    <SignedInProvider key={requester} value={{ client, requester }}>
      {children}
    </SignedInProvider>
  );
}

function readPin(fingerprint: string): { readonly isKnown: boolean; readonly message: string } {
  try {
    checkPin(localStorage, fingerprint);
    return { isKnown: true, message: "" };
  } catch (error) {
    return { isKnown: false, message: toSealrunError(error).message };
  }
}

interface SessionEnd {
  /** True from the moment when any query is refused because the session is over. */
  readonly hasEnded: boolean;
  /** True when the user has signed out in another window. */
  readonly isCovered: boolean;
  readonly end: () => void;
  readonly reset: () => void;
}

function useSessionEnd(): SessionEnd {
  const queries = useQueryClient();
  const [hasEnded, setHasEnded] = useState(false);
  const [isCovered, setIsCovered] = useState(false);
  const end = useCallback((): void => {
    setHasEnded(true);
    setIsCovered(true);
  }, []);
  useEffect(() => {
    // Only the refusal itself counts: a query that is retried still has its last error.
    const onEvent = (event: QueryCacheNotifyEvent | MutationCacheNotifyEvent): void => {
      if (event.type === "updated" && event.action.type === "error" && isSignedOut(event.action.error))
        setHasEnded(true);
    };
    const stopQueries = queries.getQueryCache().subscribe(onEvent);
    const stopMutations = queries.getMutationCache().subscribe(onEvent);
    return () => {
      stopQueries();
      stopMutations();
    };
  }, [queries]);
  const reset = (): void => {
    setHasEnded(false);
    setIsCovered(false);
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  };
  return { hasEnded, isCovered, end, reset };
}
