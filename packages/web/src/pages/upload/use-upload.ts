import type { FoundNames } from "@sealrun/client";
import { wipe } from "@sealrun/crypto";
import { parseSecretDocument, type PushAnswer, type SealrunError, toSealrunError } from "@sealrun/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { checkInWorker } from "./check-in-worker.ts";
import type { DroppedFile } from "./drop/dropped-file.ts";
import { openDropped, type ReadPackage, readDropped } from "./drop/read-dropped.ts";
import type { TypedValues } from "./typed-values.ts";
import { type Review, reviewPackage } from "./review.ts";

/** How far an upload has come. No state contains a value. */
export type UploadState =
  | { readonly kind: "empty"; readonly error?: SealrunError }
  | { readonly kind: "reading" }
  | { readonly kind: "review"; readonly review: Review; readonly error?: SealrunError }
  | { readonly kind: "sending"; readonly review: Review }
  | { readonly kind: "done"; readonly answer: PushAnswer; readonly replaced: Pick<FoundNames, "version"> | undefined };

/** An upload in its state, with the actions on it. */
export interface Upload {
  readonly state: UploadState;
  readonly take: (files: Promise<readonly DroppedFile[]> | readonly DroppedFile[]) => Promise<void>;
  readonly send: (target: SendTarget) => Promise<void>;
  /** Forgets everything that was dropped. */
  readonly discard: () => void;
}

/** Where the package goes. */
interface SendTarget {
  readonly project: string;
  readonly name: string;
  readonly overwrite: boolean;
  readonly found: FoundNames | undefined;
  /** Values that were typed for missing names. */
  readonly values: TypedValues;
}

/** Reads, checks, seals and sends a package. The bytes of its secrets.json are kept outside React state, and wiped at the end. */
export function useUpload(): Upload {
  const client = useClient();
  const queries = useQueryClient();
  const [state, setState] = useState<UploadState>({ kind: "empty" });
  const taken = useRef<ReadPackage>(undefined);
  const forget = useCallback((): void => {
    if (taken.current?.secretsFile !== undefined) wipe(taken.current.secretsFile);
    taken.current = undefined;
  }, []);
  useEffect(() => forget, [forget]);
  return {
    state,
    take: async (files) => {
      forget();
      setState({ kind: "reading" });
      try {
        const read = await readDropped(await openDropped(await files));
        taken.current = read;
        const review = reviewPackage(read);
        const problems = [...review.checked.problems, ...(await checkInWorker(review.checked, openWorker))];
        setState({ kind: "review", review: { ...review, checked: { ...review.checked, problems } } });
      } catch (error) {
        setState({ kind: "empty", error: toSealrunError(error) });
      }
    },
    send: async ({ project, name, overwrite, found, values }) => {
      const read = taken.current;
      if (state.kind !== "review" || read === undefined) return;
      setState({ kind: "sending", review: state.review });
      try {
        const { files, secretsFile } = read;
        const secrets = new Map([...valuesOf(secretsFile), ...values.ofPackage]);
        // First the project's: a package that is uploaded may run at once.
        if (values.ofProject.size > 0) await client.setSecrets({ scope: "project", project }, values.ofProject);
        const answer = await client.pushPackage({ project, name, files, secrets, overwrite });
        forget();
        setState({ kind: "done", answer, replaced: found });
        for (const topic of ["packages", "projects", "secrets", "schedules"]) {
          void queries.invalidateQueries({ queryKey: [topic] });
        }
      } catch (error) {
        setState({ kind: "review", review: state.review, error: toSealrunError(error) });
      }
    },
    discard: () => {
      forget();
      setState({ kind: "empty" });
    },
  };
}

function openWorker(): Worker {
  return new Worker(new URL("check-worker.ts", import.meta.url), { type: "module" });
}

function valuesOf(
  secretsFile: Uint8Array | undefined,
): Parameters<ReturnType<typeof useClient>["pushPackage"]>[0]["secrets"] {
  if (secretsFile === undefined) return new Map();
  return new Map([...parseSecretDocument(secretsFile)].map(([name, { value }]) => [name, value]));
}
