import {
  type Context,
  credentialsContext,
  enrolmentContext,
  eventDataContext,
  grantContext,
  keyCheckContext,
  lookupContext,
  parametersContext,
  scopeKeyContext,
  secretContext,
  spoolContext,
  stateContext,
  storedContext,
} from "@sealrun/crypto";

const place = { platformId: "plt_1", packageId: "pkg_1", executionId: "exe_1", attempt: 1, executorId: "exr_1" };
const service = { platformId: "plt_1", scope: "service", ownerId: "pkg_1" } as const;
const password = secretContext({ ...service, name: "DB_PASS" });

/** One context of each kind, and neighbours that differ in one part or in where one part ends. */
export const allContexts: readonly Context[] = [
  password,
  secretContext({ ...service, name: "DB_PASS2" }),
  secretContext({ ...service, ownerId: "pkg_2", name: "DB_PASS" }),
  secretContext({ ...service, ownerId: "pkg_1D", name: "B_PASS" }),
  secretContext({ ...service, platformId: "plt_2", name: "DB_PASS" }),
  secretContext({ ...service, scope: "project", name: "DB_PASS" }),
  secretContext({ ...service, scope: "platform", name: "DB_PASS" }),
  storedContext(password),
  storedContext(storedContext(password)),
  parametersContext(place),
  parametersContext({ ...place, packageId: "pkg_2" }),
  stateContext({ ...place, key: "DB_PASS" }),
  stateContext({ ...place, key: "" }),
  eventDataContext({ platformId: "plt_1", projectId: "prj_1", eventId: "evt_1" }),
  eventDataContext({ platformId: "plt_1", projectId: "prj_1", eventId: "evt_2" }),
  scopeKeyContext({ ...service, version: 1 }),
  scopeKeyContext({ ...service, version: 11 }),
  grantContext(place),
  grantContext({ ...place, attempt: 2 }),
  lookupContext({ ...place, requestId: "req_1" }),
  lookupContext({ ...place, requestId: "req_2" }),
  enrolmentContext({ enrolmentId: "enr_1", executorId: "exr_1" }),
  credentialsContext({ ...place, requestId: "req_1" }),
  credentialsContext({ ...place, requestId: "req_2" }),
  spoolContext(place),
  spoolContext({ ...place, attempt: 2 }),
  keyCheckContext("storage"),
  keyCheckContext("wrapping"),
];
