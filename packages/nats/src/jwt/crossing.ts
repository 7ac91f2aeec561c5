import type { Export, Import } from "@nats-io/jwt";
import { executionsStream } from "@sealrun/protocol";

/**
 * What executors may request from the platform's account; `isStream`: with more than one answer. Each subject has a
 * wildcard and keeps its name in the other account: nats-server 2.9 panics when an answer is sent to a renamed subject.
 * No other subject of `$JS.API` can be here: every account has the server's own API under these names, and it would
 * answer too.
 */
const services: readonly { readonly subject: string; readonly isStream?: true }[] = [
  { subject: `$JS.API.CONSUMER.MSG.NEXT.${executionsStream}.*`, isStream: true },
  { subject: `$JS.ACK.${executionsStream}.>` },
  { subject: "sealrun.reports.*" },
  { subject: "sealrun.rpc.*.*" },
];
/** Orders of the platform to executors. */
const control = "sealrun.control.*";

/** The exports of the platform's account. */
export function platformExports(): Export[] {
  return [
    ...services.map(({ subject, isStream }): Export => ({
      name: subject,
      subject,
      type: "service",
      response_type: isStream === true ? "Stream" : "Singleton",
    })),
    { name: control, subject: control, type: "stream" },
  ];
}

/** The same subjects as imports of the executors' account. */
export function executorImports(platformAccountId: string): Import[] {
  const account = platformAccountId;
  return [
    ...services.map(({ subject }): Import => ({ name: subject, subject, account, type: "service" })),
    { name: control, subject: control, account, type: "stream" },
  ];
}
