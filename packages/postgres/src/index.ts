export { describeAddress, postgresConfig, type PostgresConfig } from "./config.ts";
export { type Database, openDatabase } from "./database.ts";
export type { Sql } from "./sql.ts";
export { readTableSizes, type TableSize } from "./table-sizes-store.ts";
export { migrate } from "./migrate.ts";
export {
  type Chain,
  type ChainFault,
  findHead,
  findLink,
  type Link,
  type LinkedRow,
  sealWaiting,
} from "./chain/chain.ts";
export { sealRegularly, type SealListener } from "./chain/seal-regularly.ts";
export { type CheckedChain, verifyChain } from "./chain/verify-chain.ts";
export { type CheckNotes, openNotes, type NotesFile, type VerifiedEnd } from "./chain/check-notes.ts";
export { checkChain, type CheckReport } from "./chain/check-chain.ts";
export { type AcceptedBreak, findBreak, makeContinuation } from "./chain/continuation.ts";
export { countWaiting, maxCounted, type WaitingRows, waitingRowsOf } from "./chain/unlinked-store.ts";
export { createRounds } from "./rounds.ts";
export { type Fitness, openWhileFit, watchFitness } from "./fitness.ts";
