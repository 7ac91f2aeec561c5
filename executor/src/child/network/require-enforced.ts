import { type NetworkSetting, SealrunError } from "@sealrun/protocol";

/** Without a sandbox there is only the host's network. The platform gives such an executor no other package. */
export function requireEnforced(
  sandbox: { readonly kind: "bubblewrap" | "none" },
  network: NetworkSetting | undefined,
): void {
  if (sandbox.kind !== "none" || network === undefined || network === "host") return;
  const sentence = "This executor has no sandbox and cannot enforce the network of the package";
  throw new SealrunError("NETWORK_NOT_ENFORCED", sentence);
}
