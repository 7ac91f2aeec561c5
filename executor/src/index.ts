export { executorConfig, type ExecutorConfig, readConfig } from "./config.ts";
export { type Executor, start } from "./main.ts";
export { runJq } from "./references/run-jq.ts";
