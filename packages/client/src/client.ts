import { cutEnd, type ExecutionStatus, packageInfo, type PlatformInfo } from "@sealrun/protocol";
import { type Audit, createAudit } from "./calls/audit.ts";
import { type ChangeListener, watchChanges } from "./live/changes.ts";
import { createEvents, type Events } from "./calls/events.ts";
import { createExecutions, type Executions } from "./calls/executions.ts";
import { createFind, type Find } from "./calls/find.ts";
import { createOperation, type Operation } from "./calls/operation.ts";
import { createPackages, type Packages } from "./calls/packages.ts";
import { createProjects, type Projects } from "./calls/projects.ts";
import { ask, type Ask, type Connection, path, readBytes } from "./connection/request.ts";
import { createRetention, type Retention } from "./calls/retention.ts";
import { createSchedules, type Schedules } from "./calls/schedules.ts";
import { createSecrets, type Secrets } from "./calls/secrets.ts";
import { createTrust } from "./connection/trust.ts";
import { watchExecution, type WatchOptions } from "./live/watch.ts";

/** How to connect. */
export interface ClientOptions extends Connection {
  /** Of the keyring: `SHA256:` and 43 characters. No token is sent to a platform with another one. */
  readonly fingerprint: string;
  /** What `fetchPlatform` has just given, so that it is not asked again; it must have that fingerprint all the same. */
  readonly platform?: PlatformInfo;
}

/** All calls of the API, with values sealed before they are sent. */
export interface Client
  extends Projects, Packages, Secrets, Executions, Schedules, Events, Audit, Find, Operation, Retention {
  platform(): Promise<PlatformInfo>;
  /** Follows an execution live and gives its last status. */
  watchExecution(id: string, options: WatchOptions): Promise<ExecutionStatus>;
  /** Reports changes on the platform until the signal aborts; fails when the session has ended. */
  watchChanges(listener: ChangeListener): Promise<void>;
}

/** A client of one platform; nothing is sent before the first call. */
export function createClient({ fingerprint, platform, ...options }: ClientOptions): Client {
  const connection: Connection = { ...options, url: cutEnd(options.url, "/") };
  const trust = createTrust(connection, fingerprint, platform);
  const askTrusted: Ask = async (schema, call) => {
    await trust.platform();
    return ask(connection, schema, call);
  };
  const packages = createPackages(askTrusted, trust, async (call) => {
    await trust.platform();
    return readBytes(connection, call);
  });
  const projects = createProjects(askTrusted);
  return {
    ...projects,
    ...packages,
    ...createAudit(askTrusted),
    ...createFind(askTrusted),
    ...createOperation(askTrusted),
    ...createRetention(askTrusted),
    ...createExecutions(askTrusted, trust),
    ...createSchedules(askTrusted),
    ...createEvents(askTrusted, trust),
    ...createSecrets(askTrusted, trust, async (place) => {
      if (place.scope !== "service") return undefined;
      const address = path`/projects/${place.project}/packages/${place.package}`;
      return (await askTrusted(packageInfo, { method: "GET", path: address, isForSave: true })).id;
    }),
    platform: async () => trust.platform(),
    watchExecution: async (id, watchOptions) => {
      await trust.platform();
      return watchExecution(connection, id, watchOptions);
    },
    watchChanges: async (listener) => {
      // A page's cookie is sent only to the page's own platform, and a page waits while it is down.
      if (connection.token !== undefined) await trust.platform();
      return watchChanges(connection, listener);
    },
  };
}
