export { call, type Call } from "./call.ts";
export { frameForPeer, type Peer } from "./peer-frame.ts";
export { createNatsAccounts, type NatsAccounts } from "./jwt/account.ts";
export { type MintedUser, mintUser, type NatsIssuer, readUserJwt } from "./jwt/mint-user.ts";
export { connectNats, type NatsLink, onReconnect } from "./link.ts";
export { executorPermissions, keyringPermissions, type NatsPermissions, platformPermissions } from "./permissions.ts";
export { type FailureLog, serve, type Service, type SignedRequest } from "./serve.ts";
export { describeOldServer } from "./server-version.ts";
export { createSeenFrames } from "./seen-frames.ts";
