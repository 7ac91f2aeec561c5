import { checkSources } from "@sealrun/client";
import type { SourcesAnswer, SourcesRequest } from "./check-in-worker.ts";

globalThis.addEventListener("message", ({ data }: MessageEvent<SourcesRequest>) => {
  void check(data).then((answer) => globalThis.postMessage(answer));
});

async function check(request: SourcesRequest): Promise<SourcesAnswer> {
  try {
    return { problems: await checkSources(request) };
  } catch {
    // For example the parser's own file did not arrive.
    return { problems: undefined };
  }
}
