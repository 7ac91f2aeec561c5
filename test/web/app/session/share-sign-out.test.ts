import { expect, test } from "vitest";
import { listenForSignOut, tellSignOut } from "../../../../packages/web/src/app/session/share-sign-out.ts";
import { until } from "../../../support/until.ts";

test("tellSignOut() reaches the windows that listen, and no one after they have stopped", async () => {
  const heard: string[] = [];
  const stopFirst = listenForSignOut(() => void heard.push("first"));
  stopFirst();
  const stopSecond = listenForSignOut(() => void heard.push("second"));
  tellSignOut();
  await until(() => (heard.length > 0 ? true : undefined));
  expect(heard).toEqual(["second"]);
  stopSecond();
});
