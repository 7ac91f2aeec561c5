import { SealrunError } from "@sealrun/protocol";
import type { Cli } from "./command.ts";
import { findTarget } from "./connect.ts";
import type { Target } from "./profile/choose.ts";
import { describeSource } from "./profile/token.ts";

/**
 * A failure of the connection in the words of a command. The platform's own sentence speaks of headers and of signing in
 * on a page, and the client's knows no profiles.
 */
export async function inWordsOfCommands(
  cli: Pick<Cli, "environment" | "profileName">,
  failure: SealrunError,
): Promise<SealrunError> {
  if (!isOfConnection(failure)) return failure;
  const target = await findTarget(cli).catch(() => undefined);
  const sentence = target === undefined ? undefined : explain(failure, target);
  return sentence === undefined ? failure : new SealrunError(failure.code, sentence, { cause: failure });
}

function isOfConnection({ code, message }: SealrunError): boolean {
  switch (code) {
    case "UNAUTHENTICATED":
      return message.includes("Authorization: Bearer");
    case "FINGERPRINT_MISMATCH":
      return message.includes("this client has pinned");
    case "PLATFORM_UNREACHABLE":
      return message.includes("cannot be reached");
    default:
      return false;
  }
}

function explain({ code, message }: SealrunError, { url, own, token, fingerprint }: Target): string | undefined {
  // `sealrun login` speaks to the platform that it was given, which may be another one.
  if (code !== "UNAUTHENTICATED" && !message.startsWith(`${url} `)) return undefined;
  if (code === "FINGERPRINT_MISMATCH") {
    return fingerprint?.from === "SEALRUN_FINGERPRINT"
      ? `${message}; check SEALRUN_FINGERPRINT`
      : `${message}; if the operator has replaced the keyring: sealrun profile trust${optionFor(own)}`;
  }
  if (code === "PLATFORM_UNREACHABLE") {
    const dev = own?.profile.dev;
    if (own === undefined || dev === undefined) return undefined;
    return `${message}; the profile ${own.name} is of the sealrun dev with its data in ${dev}: start that one again, or choose another profile`;
  }
  if (token === undefined) return undefined;
  const advice =
    token.kind === "environment" ? "check the variable" : `sign in again with: sealrun login ${url}${optionFor(own)}`;
  return `${url} does not accept ${describeSource(token)}; ${advice}`;
}

function optionFor(own: Target["own"]): string {
  return own === undefined ? "" : ` --profile ${own.name}`;
}
