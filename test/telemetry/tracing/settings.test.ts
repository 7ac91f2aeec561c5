import { decodeText } from "@sealrun/protocol";
import { tracingSettings } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { tracesUrl } from "../../../packages/telemetry/src/tracing/settings.ts";

const read = (given: unknown) => decodeText(tracingSettings, JSON.stringify(given));

test.each([
  [{ endpoint: "http://127.0.0.1:4318" }],
  [{ endpoint: "https://collector.example.com/otlp/", sampleRatio: 0.1 }],
  [{ endpoint: "http://[::1]:4318", sampleRatio: 0 }],
])("tracingSettings takes %j", (given) => {
  expect(read(given)).toEqual(given);
});

test.each([
  ["127.0.0.1:4318"],
  ["grpc://127.0.0.1:4317"],
  ["http://me:s3cret@host"],
  ["http://host?key=s3cret"],
  ["http://host#"],
  ["x"],
])("tracingSettings refuses %s, and does not repeat it", (endpoint) => {
  expect(() => read({ endpoint })).toThrow(
    /^Expected the http or https address of a collector, such as http:\/\/127\.0\.0\.1:4318, without login and query, at endpoint$/,
  );
});

test.each([[-0.1], [1.1], ["half"]])("tracingSettings refuses the sampleRatio %s", (sampleRatio) => {
  expect(() => read({ endpoint: "http://127.0.0.1:4318", sampleRatio })).toThrow(/at sampleRatio$/);
});

test("tracesUrl() is below the base", () => {
  expect(["http://host:4318", "http://host/otlp/"].map(tracesUrl)).toEqual([
    "http://host:4318/v1/traces",
    "http://host/otlp/v1/traces",
  ]);
});
