export { describeAddress, postgresConfig, type PostgresConfig } from "./config.ts";
export { type Database, openDatabase, type Sql } from "./database.ts";
export { migrate } from "./migrate.ts";
export { type Chain, findHead, findLink, type Link, type LinkedRow, sealWaiting } from "./chain.ts";
export { sealRegularly, type SealListener } from "./seal-regularly.ts";
export { type ChainFault, type CheckedChain, verifyChain } from "./verify-chain.ts";
export { type Fitness, openWhileFit, watchFitness } from "./fitness.ts";
