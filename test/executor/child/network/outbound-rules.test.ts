import { expect, test } from "vitest";
import { resolverFile, routingRules } from "../../../../executor/src/child/network/outbound-rules.ts";

test("routingRules() refuses cloud metadata and what it is given, after what is allowed", () => {
  const rules = routingRules({ allowed: ["10.0.0.9", "fd00::9"], refused: ["10.0.0.0/8", "fd00::2", "127.0.0.1/32"] })
    .trim()
    .split("\n");
  expect(rules).toContain("rule add to 10.0.0.9 pref 100 lookup main");
  expect(rules).toContain("rule add to 10.0.0.0/8 pref 200 prohibit");
  expect(rules).toContain("rule add to 169.254.0.0/16 pref 200 prohibit");
  expect(rules.filter((rule) => /fd00|127\./.test(rule))).toEqual([]);
});

test("resolverFile() asks slirp4netns, with the search of the machine", () => {
  expect(resolverFile("# made\nnameserver 127.0.0.53\nsearch corp.test\noptions edns0\n")).toBe(
    "nameserver 203.0.113.3\nsearch corp.test\noptions edns0\n",
  );
});
