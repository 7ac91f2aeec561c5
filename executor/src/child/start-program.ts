import { execa } from "execa";

/** Starts a program as execa does, with the environment in `env` and nothing of the executor's own. */
export const startProgram = execa({ extendEnv: false });
