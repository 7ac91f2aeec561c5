import { describe, expect, test } from "vitest";
import { floors } from "./floors.ts";
import { importsOf } from "./imports.ts";
import { shipped } from "./sources.ts";

const inside = (folder: string) => shipped.filter(({ path }) => path.startsWith(`${folder}/`));

describe.each(Object.entries(floors))("%s", (folder, storeys) => {
  const floorOf = new Map<string, number>();
  for (const [floor, rooms] of storeys.entries()) for (const room of rooms) floorOf.set(`${folder}/${room}`, floor);
  /** The room of a file: the longest name in the list that it is, or lies in. */
  const roomOf = (path: string): string | undefined => {
    for (let room = path; room.length > folder.length; room = room.slice(0, room.lastIndexOf("/"))) {
      if (floorOf.has(room)) return room;
    }
    return undefined;
  };

  test(`${folder} has a floor for every file, and a file for every room`, () => {
    expect(inside(folder).flatMap(({ path }) => (roomOf(path) === undefined ? [path] : []))).toEqual([]);
    const used = new Set(inside(folder).map(({ path }) => roomOf(path)));
    expect([...floorOf.keys()].filter((room) => !used.has(room))).toEqual([]);
  });

  test(`${folder} imports only from rooms on lower floors`, () => {
    const upwards = inside(folder).flatMap((source) =>
      importsOf(source).flatMap(({ file }) => {
        if (file === undefined) return [];
        const [from, to] = [roomOf(source.path) ?? "", roomOf(file) ?? ""];
        if (from === to || (floorOf.get(to) ?? 0) < (floorOf.get(from) ?? 0)) return [];
        return [`${source.path} imports ${file}`];
      }),
    );
    expect(upwards).toEqual([]);
  });
});

test("floors.ts lists every package whose sources have folders", () => {
  const tops = shipped.flatMap(({ path }) => path.match(/^((?:packages\/[^/]+|executor)\/src)\/[^/]+\//)?.[1] ?? []);
  expect([...new Set(tops)].toSorted()).toEqual(Object.keys(floors).toSorted());
});

test("executor/src/worker and supervisor import nothing of each other", () => {
  const importedBy = (room: string) => inside(`executor/src/${room}`).flatMap((source) => filesOf(source));
  const fromWorker = importedBy("worker").filter((file) => file.startsWith("executor/src/supervisor/"));
  const fromSupervisor = importedBy("supervisor").filter((file) => file.startsWith("executor/src/worker/"));
  expect([fromWorker, fromSupervisor]).toEqual([[], []]);
});

test("packages/ and executor/ have no circle of files, not even of types", () => {
  expect(circles(new Map(shipped.map((source) => [source.path, filesOf(source)])))).toEqual([]);
});

test("circles() finds a circle of types, and none where two ways meet", () => {
  const graph = (edges: Record<string, readonly string[]>) => new Map(Object.entries(edges));
  expect(circles(graph({ a: ["b"], b: ["c"], c: ["a"] }))).toEqual(["a -> b -> c -> a"]);
  expect(circles(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toEqual([]);
});

function filesOf(source: (typeof shipped)[number]): readonly string[] {
  return importsOf(source).flatMap(({ file }) => file ?? []);
}

/** One circle through each file where a walk comes back to itself. */
function circles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(" -> "));
    if (done.has(file)) return;
    done.add(file);
    for (const next of graph.get(file) ?? []) walk(next, [...way, file]);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}
