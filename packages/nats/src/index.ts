export { call, type Call, type Peer } from "./call.ts";
export { connectNats, type NatsLink } from "./link.ts";
export { type FailureLog, serve, type Service, type SignedRequest } from "./serve.ts";
