import type { Export, Import } from "@nats-io/jwt";
import { executionsStream } from "@sealrun/protocol";

/** What executors in an account of their own say instead of `$JS.API`, which is no subject there. */
export const executorApiPrefix = "sealrun.js";

const api = "$JS.API";

/** What executors may ask of the platform's account; `isStream`: with more than one answer. */
const services: readonly { readonly subject: string; readonly isStream?: true }[] = [
  { subject: `${api}.CONSUMER.MSG.NEXT.${executionsStream}.*`, isStream: true },
  { subject: `${api}.CONSUMER.INFO.${executionsStream}.*` },
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
  return [
    ...services.map(({ subject }): Import => ({
      name: subject,
      subject,
      account: platformAccountId,
      type: "service",
      ...(subject.startsWith(api) ? { local_subject: subject.replace(api, executorApiPrefix) } : {}),
    })),
    { name: control, subject: control, account: platformAccountId, type: "stream" },
  ];
}
