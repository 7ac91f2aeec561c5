import { describe, expect, it } from "vitest";
import { runNode } from "../support/node-script.ts";
import { answerFrom, received } from "../support/script-peer.ts";

describe("context.logging and context.result", () => {
  it("sends log lines from the level of config.LOG_LEVEL on, and the result", async () => {
    const seen: unknown[] = [];
    const base = answerFrom({ config: { LOG_LEVEL: "warning" } });
    const source = `import { context } from "@sealrun/sdk";
      const { logging } = context;
      logging.info("quiet"); logging.warning("w %d", 1, { a: 2 }); logging.setLevel("DEBUG"); logging.debug("d");
      logging.setLevel(50); logging.error("quiet"); logging.critical("c");
      context.result({ n: [1] });`;
    await runNode(source, (request, raw) => {
      if (request.op === "log") seen.push([request.level, request.message]);
      if (request.op === "result") seen.push(received(request, raw));
      return base(request, raw);
    });
    expect(seen).toEqual([["warning", "w 1 { a: 2 }"], ["debug", "d"], ["critical", "c"], { n: [1] }]);
  });
});
