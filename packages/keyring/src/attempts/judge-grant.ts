import { type ExecutorId, type GrantItem, SealrunError } from "@sealrun/protocol";
import { missingKey } from "../scope-keys/scope-keys.ts";
import type { StoredExecutor } from "../enrolment/store.ts";
import { checkProjectRight } from "./executor-frame.ts";
import type { StoredGrant } from "./store.ts";

/** What the keyring knows about one requested grant. */
export interface GrantFacts {
  readonly executor: Pick<StoredExecutor, "projects"> & { readonly id: ExecutorId };
  /** The id of the executor's own claim of this execution; undefined when it claims others. */
  readonly requestId: string | undefined;
  /** The project that the package is recorded under. */
  readonly project: string | undefined;
  /** The grants of this execution, all attempts. */
  readonly grants: readonly StoredGrant[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A grant that may be given: a new one, or the existing one of the same claim, which was sent again. */
export interface AllowedGrant {
  readonly isNew: boolean;
  readonly requestId: string;
}

/**
 * Whether the executor may have this grant. The same claim of the same attempt may be sent again; a platform cannot turn
 * one claim into two attempts. `NO_GRANT`, `NOT_ENROLLED`, or `KEY_NOT_FOUND` for a package that is not recorded.
 */
export function judgeGrant(item: GrantItem, { executor, requestId, project, grants, now }: GrantFacts): AllowedGrant {
  const { executionId, attempt, packageId, projectId } = item;
  if (requestId === undefined) throw refuse(`The executor does not claim ${executionId}`);
  checkProjectRight(executor, projectId);
  if (project === undefined) throw missingKey(`the package ${packageId}`);
  if (project !== projectId) throw refuse(`The package ${packageId} does not belong to the project ${projectId}`);
  const known = grants.find((grant) => grant.attempt === attempt);
  if (known !== undefined) {
    const isSame = known.executorId === executor.id && known.packageId === packageId && known.requestId === requestId;
    if (known.isLive && isSame) return { isNew: false, requestId };
    throw refuse(`Attempt ${attempt} of ${executionId} was granted to another claim or has ended`);
  }
  if (item.endsAt <= now) throw refuse("The attempt has already ended");
  if (grants.some((grant) => grant.attempt > attempt)) {
    throw refuse(`A later attempt of ${executionId} has already been granted`);
  }
  if (grants.some((grant) => grant.packageId !== packageId)) {
    throw refuse(`The execution ${executionId} belongs to another package`);
  }
  return { isNew: true, requestId };
}

function refuse(message: string): SealrunError {
  return new SealrunError("NO_GRANT", message);
}
