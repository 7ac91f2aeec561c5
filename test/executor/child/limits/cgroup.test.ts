import { chmod, mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultStepLimits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { createStepCgroup, openCgroup } from "../../../../executor/src/child/limits/cgroup.ts";
import { realCgroup } from "../../../support/real-cgroup.ts";
import { refusalOf } from "../../../support/refusal.ts";
import { runPackage } from "../../run-package.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const mebi = 1024 ** 2;
const limits = { ...defaultStepLimits, memoryBytes: 100 * mebi, tmpBytes: 10 * mebi, processes: 40 };

/** A folder with the files that the kernel shows in a cgroup. */
async function fakeTree(controllers: string) {
  const root = await temporaryFolder();
  await writeFile(join(root.path, "cgroup.controllers"), controllers);
  await writeFile(join(root.path, "cgroup.subtree_control"), "");
  const read = async (file: string): Promise<string> => readFile(join(root.path, file), "utf8");
  return { path: root.path, read, [Symbol.asyncDispose]: async () => root[Symbol.asyncDispose]() };
}

type Tree = Awaited<ReturnType<typeof fakeTree>>;

/** The cgroup of a step, and the name of its folder. */
async function createIn(tree: Tree) {
  const cgroup = createStepCgroup(openCgroup(tree.path), limits);
  const name = (await readdir(tree.path)).find((one) => one.startsWith("sealrun-step-")) ?? "";
  return { cgroup, name };
}

describe("openCgroup()", () => {
  test("openCgroup() hands the controllers down", async () => {
    await using tree = await fakeTree("cpuset cpu io memory hugetlb pids rdma\n");
    expect(openCgroup(tree.path)).toEqual({ folder: tree.path, hasControllers: true });
    expect(await tree.read("cgroup.subtree_control")).toBe("+memory +pids");
  });

  test.each(["", "cpu io memory", "pids"])("openCgroup() goes on without all controllers: %j", async (controllers) => {
    await using tree = await fakeTree(controllers);
    expect(openCgroup(tree.path).hasControllers).toBe(false);
    expect(await tree.read("cgroup.subtree_control")).toBe("");
  });

  test("openCgroup() says what is wrong with the folder, and what to do", async () => {
    await using tree = await fakeTree("memory pids");
    const of = (folder: string) => refusalOf(() => openCgroup(folder));
    expect(of("/nowhere")).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/^cgroup: \/nowhere: expected a folder of cgroup version 2/),
    });
    await rm(join(tree.path, "cgroup.subtree_control"));
    await mkdir(join(tree.path, "cgroup.subtree_control"));
    expect(of(tree.path).message).toMatch(
      /cannot be handed down \(EISDIR\): a process is in it; set DelegateSubgroup=main/,
    );
    await chmod(tree.path, 0o500);
    // Root may write anywhere.
    const refused = process.getuid?.() === 0 ? /cannot be handed down/ : /may not write there; set Delegate=yes/;
    expect(of(tree.path).message).toMatch(refused);
    await chmod(tree.path, 0o700);
  });
});

test("openCgroup() removes what an earlier executor left", async () => {
  await using tree = await fakeTree("");
  await mkdir(join(tree.path, "sealrun-step-left"));
  await mkdir(join(tree.path, "other"));
  openCgroup(tree.path);
  expect(await readdir(tree.path)).not.toContain("sealrun-step-left");
  expect(await readdir(tree.path)).toContain("other");
});

describe("createStepCgroup()", () => {
  test("createStepCgroup() writes the limits of a step, its processes, and the end of them all", async () => {
    await using tree = await fakeTree("memory pids");
    const { cgroup, name } = await createIn(tree);
    expect(await tree.read(`${name}/memory.max`)).toBe(String(120 * mebi));
    expect(await tree.read(`${name}/memory.swap.max`)).toBe("0");
    expect(await tree.read(`${name}/memory.oom.group`)).toBe("1");
    expect(await tree.read(`${name}/pids.max`)).toBe("144");
    cgroup.add([77]);
    expect(await tree.read(`${name}/cgroup.procs`)).toBe("77");
    cgroup.kill();
    expect(await tree.read(`${name}/cgroup.kill`)).toBe("1");
    for (const file of ["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cgroup.procs", "cgroup.kill"])
      await rm(join(tree.path, name, file));
    cgroup.remove();
    await expect(tree.read(`${name}/memory.max`)).rejects.toThrow("ENOENT");
  });

  test("createStepCgroup() reads the time of all processes, and whether the memory was used up", async () => {
    await using tree = await fakeTree("memory pids");
    const { cgroup, name } = await createIn(tree);
    expect([cgroup.cpuMs(), cgroup.isOutOfMemory()]).toEqual([0, false]);
    await writeFile(join(tree.path, name, "cpu.stat"), "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n");
    await writeFile(
      join(tree.path, name, "memory.events"),
      "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 1\n",
    );
    expect([cgroup.cpuMs(), cgroup.isOutOfMemory()]).toEqual([1_234.567, true]);
  });

  test("createStepCgroup() sets no limits without controllers", async () => {
    await using tree = await fakeTree("");
    const { name } = await createIn(tree);
    await expect(tree.read(`${name}/memory.max`)).rejects.toThrow("ENOENT");
  });

  test("createStepCgroup() sets no limit on swap where the kernel does not count it", async () => {
    const kernel = await realCgroup("sealrun-test");
    if (kernel === undefined) {
      expect(refusalOf(() => openCgroup("/nowhere")).code).toBe("CONFIG_INVALID");
      return;
    }
    try {
      await expect(writeFile(join(kernel, "not-counted.max"), "0")).rejects.toMatchObject({ code: "EACCES" });
    } finally {
      await rmdir(kernel);
    }
  });
});

test("runStep() counts the time of a step in its cgroup, ends all in it, and leaves no cgroup behind", async () => {
  const folder = await realCgroup("sealrun-test");
  if (folder === undefined) {
    expect(refusalOf(() => openCgroup("/sys/fs/cgroup/nowhere")).code).toBe("CONFIG_INVALID");
    return;
  }
  try {
    const cgroup = openCgroup(folder);
    const ended = await runPackage({
      // Children that end at once, which no look sees, and whose ends their parent ignores.
      files: {
        "main.sh": `trap "" CHLD; i=0; while [ $i -lt 30 ]; do i=$((i+1)); (j=0; while [ $j -lt 30000 ]; do j=$((j+1)); done); done`,
      },
      cgroup,
    });
    expect(ended).toMatchObject({ exitCode: 0, exceeded: undefined });
    expect(ended.use?.cpuMs).toBeGreaterThan(100);
    const bomb = await runPackage({ files: { "burn.sh": "while :; do :; done" }, cgroup, limits: { cpuMs: 1_000 } });
    expect(bomb.exceeded?.code).toBe("CPU_LIMIT");
    expect((await readdir(folder)).filter((name) => name.startsWith("sealrun-step-"))).toEqual([]);
  } finally {
    await rmdir(folder);
  }
});
