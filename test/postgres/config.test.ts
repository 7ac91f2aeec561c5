import { describeAddress, postgresConfig } from "@sealrun/postgres";
import { expect, test } from "vitest";

test("describeAddress() shows where the database is and never a password", () => {
  const url = postgresConfig.parse({ url: "postgres://user:hidden@db.example:5433/main?password=hidden" });
  const parts = postgresConfig.parse({ host: "/run/db", user: "user", password: "hidden", database: "main" });
  expect(describeAddress(url)).toBe("db.example:5433/main");
  expect(describeAddress(parts)).toBe("/run/db/main");
  expect(describeAddress({ ...parts, host: "db.example", port: 5_433 })).toBe("db.example:5433/main");
  expect(describeAddress({ url: "postgres, but no address: hidden" })).toBe("the configured URL");
});

test("postgresConfig takes a URL of PostgreSQL or all the parts", () => {
  expect(postgresConfig.safeParse({ url: "mysql://db.example" }).success).toBe(false);
  expect(postgresConfig.safeParse({ host: "db.example", user: "user", password: "x" }).success).toBe(false);
});
