import { describe, expect, it } from "vitest";
import { findRecords, frameRecord } from "../../../../executor/src/supervisor/report/spool-record.ts";

const records = [
  { sequence: 1, sealed: Buffer.from("first") },
  { sequence: 2, sealed: Buffer.from("the second one") },
  { sequence: 300, sealed: Buffer.from("3") },
];
const file = Buffer.concat(records.map(({ sequence, sealed }) => frameRecord(sequence, sealed)));

describe("findRecords()", () => {
  it("finds what was framed", () => {
    const found = findRecords(file).map(({ sequence, offset, length }) => ({
      sequence,
      sealed: file.subarray(offset, offset + length),
    }));
    expect(found).toEqual(records);
  });

  it("finds the complete records before each place where a file can be cut", () => {
    const ends = [0, 13, 35, 44];
    for (let cut = 0; cut <= file.length; cut += 1) {
      const whole = ends.filter((end) => end > 0 && end <= cut).length;
      expect(findRecords(file.subarray(0, cut))).toHaveLength(whole);
    }
  });

  it("stops at zeros, which a file system can leave at a file's end", () => {
    expect(findRecords(Buffer.concat([file, Buffer.alloc(64)]))).toHaveLength(3);
    expect(findRecords(Buffer.alloc(64))).toEqual([]);
  });
});
