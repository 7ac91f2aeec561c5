import { decodeText } from "@sealrun/protocol";
import { metricsSettings } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { splitAddress } from "../../../packages/telemetry/src/metrics/settings.ts";

const read = (given: unknown) => decodeText(metricsSettings, JSON.stringify(given));

test.each([
  [{ listen: "127.0.0.1:9464" }],
  [{ listen: "127.3.2.1:1" }],
  [{ listen: "[::1]:65535" }],
  [{ socket: "/run/sealrun/platform-metrics.sock" }],
])("metricsSettings takes %j", (given) => {
  expect(read(given)).toEqual(given);
});

test.each([
  ["0.0.0.0:9464"],
  ["192.168.1.7:9464"],
  ["[::]:9464"],
  ["localhost:9464"],
  ["metrics.example.com:9464"],
  ["127.0.0.1.example.com:9464"],
  ["127.0.0.256:9464"],
  ["127.0.0.1:0"],
  ["127.0.0.1:65536"],
  ["127.0.0.1"],
  ["9464"],
])("metricsSettings refuses to listen on %s, and says what it expects", (listen) => {
  expect(() => read({ listen })).toThrow(
    "Expected a loopback address with a port, such as 127.0.0.1:9464 or [::1]:9464 (metrics have no login), at listen",
  );
});

test.each([["metrics.sock"], ["/run/"], [`/${"m".repeat(107)}`]])("metricsSettings refuses the socket %s", (socket) => {
  expect(() => read({ socket })).toThrow("Expected the absolute path of a socket, of at most 107 bytes, at socket");
});

test.each([[{}], [{ listen: "127.0.0.1:9464", socket: "/run/metrics.sock" }]])(
  "metricsSettings refuses %j: it must be one of both",
  (given) => {
    expect(() => read(given)).toThrow(
      'Expected either {"listen": "127.0.0.1:9464"} or {"socket": "/run/sealrun/metrics.sock"}',
    );
  },
);

test("splitAddress() gives host and port", () => {
  expect([splitAddress("127.0.0.1:9464"), splitAddress("[::1]:1"), splitAddress("10.0.0.1:9464")]).toEqual([
    { host: "127.0.0.1", port: 9464 },
    { host: "::1", port: 1 },
    undefined,
  ]);
});
