import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runSealrun } from "../../support/run-command.ts";

/** Prints, when the process ends, which of the three parts it has loaded. */
const listParts = `import { registerHooks } from "node:module";
const loaded = new Set();
registerHooks({
  load(url, context, next) {
    const part = /\\/(platform|keyring|executor)\\/src\\/main\\.ts$/.exec(url)?.[1];
    if (part !== undefined) loaded.add(part);
    return next(url, context);
  },
});
process.on("exit", () => console.log([...loaded].join(" ")));
`;

test.each(["platform", "keyring", "executor"])("sealrun %s loads the code of no other part", async (part) => {
  const { stdout, stderr, exitCode } = await runSealrun([part, "--config", "/nonexistent/config.json"], {
    cwd: tmpdir(),
    env: { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(listParts)}"` },
  });
  expect({ stdout, exitCode }, stderr).toEqual({ stdout: `${part}\n`, exitCode: 78 });
});
