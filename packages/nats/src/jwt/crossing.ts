import type { Export, Import } from "@nats-io/jwt";
import { executionsStream } from "@sealrun/protocol";

/**
 * What executors may ask of the platform's account; `isStream`: with more than one answer. Each has a wildcard and keeps
 * its name in the other account: nats-server 2.9 ends in a panic when an answer is sent to a subject that was renamed.
 * Nothing else of `$JS.API` can be here: under that name every account has the server's own, which answers as well.
 */
const services: readonly { readonly subject: string; readonly isStream?: true }[] = [
  { subject: `$JS.API.CONSUMER.MSG.NEXT.${executionsStream}.*`, isStream: true },
  { subject: `$JS.ACK.${executionsStream}.>` },
  { subject: "sealrun.reports.*" },
  { subject: "sealrun.rpc.*.*" },
];
/** What the platform says to executors unasked. */
const control = "sealrun.control.*";

/** What the platform's account lets others have. */
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

/** The same, as the executors' account takes it over. */
export function executorImports(platformAccountId: string): Import[] {
  const account = platformAccountId;
  return [
    ...services.map(({ subject }): Import => ({ name: subject, subject, account, type: "service" })),
    { name: control, subject: control, account, type: "stream" },
  ];
}
