export { executorConfig, type ExecutorConfig, readConfig } from "./config.ts";
export { examineMachine, type MachineFinding } from "./machine/examine-machine.ts";
export { type Executor, start } from "./main.ts";
export { runJq, runJqForLines } from "./references/run-jq.ts";
