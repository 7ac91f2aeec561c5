import { errorBody } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, send, type Sent } from "../../support/api.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

const schema = z.looseObject({
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});
const parameter = z.object({ name: z.string(), in: z.enum(["path", "query", "header"]), schema });
const described = z.object({
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
});
const document = z.object({ paths: z.record(z.string(), z.record(z.string(), described)) });

interface Route extends z.infer<typeof described> {
  readonly method: string;
  readonly path: string;
}

/** Values of the right form, so that only what a test changes can be refused. */
const valid: Readonly<Record<string, string>> = {
  project: "acme",
  package: "report",
  execution: "exe_00000000000000000000",
  schedule: "sch_00000000000000000000",
  number: "1",
  name: "API_KEY",
  "*": "lib/a.py",
  before: "2027-01-31T06:00:00Z",
};

let platform: TestPlatform;
let routes: readonly Route[];
beforeAll(async () => {
  platform = await startPlatform();
  const { paths } = await ask(platform, document, ["GET", "/openapi.json"]);
  routes = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, route]) => ({ ...route, method: verb.toUpperCase(), path: path.slice(7) })),
  );
});
afterAll(async () => platform.close());

const at = ({ path }: Route, given: Readonly<Record<string, string>> = {}): string =>
  path.replace(/\{([^}]+)\}/g, (_, name: string) => given[name] ?? valid[name] ?? `no value for ${name}`);

const answerTo = async (route: Route, path: string, sent: Sent = {}) => {
  const response = await send(platform, route.method, path, sent);
  const text = await response.text();
  const message = response.status < 400 ? text : errorBody.parse(JSON.parse(text)).error.message;
  return { route: `${route.method} ${path}`, status: response.status, message };
};

const named = (route: Route, place: "path" | "query"): readonly string[] =>
  route.parameters.filter((candidate) => candidate.in === place).map(({ name }) => name);

const withBody = (): readonly Route[] => routes.filter(({ method }) => method !== "GET");

describe("parseRequests() on every route", () => {
  test("parseRequests() lets every route refuse an unknown field in its query", async () => {
    expect(routes.length).toBeGreaterThan(40);
    for (const route of routes) {
      const answer = await answerTo(route, `${at(route)}?unknwn=1`);
      expect(answer).toMatchObject({ status: 400, message: expect.stringMatching(/unknown field "unknwn"/) });
    }
  });

  test("parseRequests() lets every route refuse an unknown field in its body, also one that takes no body", async () => {
    for (const route of withBody()) {
      const answer = await answerTo(route, at(route), { json: { unknwn: 1 } });
      expect(answer).toMatchObject({ status: 400, message: expect.stringMatching(/unknown field "unknwn"/) });
    }
  });

  test("parseRequests() lets every route name the field that was probably meant, in its query and in its body", async () => {
    for (const route of routes) {
      for (const name of named(route, "query").filter(({ length }) => length > 3)) {
        const answer = await answerTo(route, `${at(route)}?${name.slice(1)}=1`);
        expect(answer).toMatchObject({ status: 400, message: expect.stringContaining(`did you mean "${name}"?`) });
      }
      for (const name of bodyFields(route).filter(({ length }) => length > 3)) {
        const answer = await answerTo(route, at(route), { json: { [name.slice(1)]: 1 } });
        expect(answer).toMatchObject({ status: 400, message: expect.stringContaining(`did you mean "${name}"?`) });
      }
    }
  });

  test("parseRequests() lets no object in any body accept a field that it does not list", () => {
    const open = routes.flatMap((route) =>
      bodySchemas(route).flatMap((body) => openObjects(body, "body").map((place) => `${route.path} ${place}`)),
    );
    expect(open).toEqual([]);
  });

  test("parseRequests() lets every route answer 400 to a zero byte or another control character in its address", async () => {
    for (const route of routes) {
      for (const hidden of ["%00", "a%00b", "%0a", "%7f"]) {
        for (const name of named(route, "path")) {
          expect(await answerTo(route, at(route, { [name]: hidden }))).toMatchObject({ status: 400 });
        }
        for (const name of named(route, "query")) {
          expect(await answerTo(route, `${at(route)}?${name}=${hidden}`)).toMatchObject({ status: 400 });
        }
      }
    }
  });

  test("parseRequests() lets every route answer 400 or less than 500 to an extreme value in its query", async () => {
    for (const route of routes) {
      for (const name of named(route, "query")) {
        for (const extreme of extremes) {
          const answer = await answerTo(route, `${at(route)}?${name}=${encodeURIComponent(extreme)}`);
          expect(answer.status, JSON.stringify(answer)).toBeLessThan(500);
        }
      }
    }
  });

  test("parseRequests() lets every route answer 400 to an extreme time in its query", async () => {
    const period = "since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z";
    for (const path of ["/executions", "/executions/statistics"]) {
      const response = await send(platform, "GET", `${path}?${period}`);
      expect(response.status).toBe(400);
      await response.body?.cancel();
    }
  });
});

const extremes: readonly string[] = [
  "0000-01-01T00:00:00Z",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "2027-01-01T00:00:00+23:59",
  "2027-01-01T00:00:00-23:59",
  `2027-01-01T00:00:00.${"9".repeat(200)}Z`,
  "999999999999999999",
  "-1",
  "1e308",
  "NaN",
  "'",
  "%",
  "\\",
  "\ud7ff\u{10ffff}",
  "x".repeat(2_000),
];

function bodySchemas({ requestBody }: Route): readonly z.infer<typeof schema>[] {
  return Object.values(requestBody?.content ?? {}).map((content) => schema.parse(content.schema));
}

/** The names of the fields at the top of a body; a body that may be null has them one level down. */
function bodyFields(route: Route): readonly string[] {
  return bodySchemas(route).flatMap((body) => Object.keys(objectsIn(body)[0]?.properties ?? {}));
}

function objectsIn(body: z.infer<typeof schema>): readonly z.infer<typeof schema>[] {
  const parts = z.array(schema).safeParse(body["anyOf"]).data ?? [];
  return [body, ...parts].filter(({ properties }) => properties !== undefined);
}

/** The places of objects that list fields and yet accept others. */
function openObjects(given: unknown, place: string): readonly string[] {
  if (typeof given !== "object" || given === null) return [];
  if (Array.isArray(given)) return given.flatMap((part, index) => openObjects(part, `${place}[${index}]`));
  const object = schema.safeParse(given).data;
  const isOpen = object?.properties !== undefined && object.additionalProperties !== false;
  const inner = Object.entries(given).flatMap(([key, part]) => openObjects(part, `${place}.${key}`));
  return isOpen ? [place, ...inner] : inner;
}
