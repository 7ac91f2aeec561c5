export type { KeyringLog } from "./audit/log.ts";
export { type KeyringConfig, keyringConfig, readConfig } from "./config.ts";
export type { TokenRights } from "./enrolment/issue-token.ts";
export {
  createNatsAccounts,
  keyringPermissions,
  type MintedUser,
  mintUser,
  type NatsAccounts,
  platformPermissions,
} from "@sealrun/nats";
export {
  continueAudit,
  issueEnrolmentToken,
  type Keyring,
  migrationsFolder,
  revokeExecutor,
  start,
  verifyAudit,
} from "./main.ts";
