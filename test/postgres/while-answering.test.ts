import { openWhileAnswering } from "@sealrun/postgres";
import { expect, test } from "vitest";

test("openWhileAnswering() is open at first, closed in a silence, open after it, and closed for good", async () => {
  const log: string[] = [];
  let tell: (isAnswering: boolean) => void = () => undefined;
  const watch = (onChange: (isAnswering: boolean) => void) => {
    tell = onChange;
    return async () => void log.push("unwatched");
  };
  const close = openWhileAnswering({ watch }, () => {
    log.push("open");
    return async () => void log.push("closed");
  });
  tell(false);
  tell(false);
  tell(true);
  tell(true);
  await close();
  expect(log).toEqual(["open", "closed", "open", "unwatched", "closed"]);
});
