import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Python } from "../../packages/cli/src/setup/python.ts";

/** A program, and what it needs in its environment. */
export interface BareProgram {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The Python that runs are given, to start without a sandbox: a fetched one finds its libraries by a variable. */
export async function barePython(python: Python): Promise<BareProgram> {
  const fetched = python.mounts.find(({ sandboxPath }) => sandboxPath === "/opt/python");
  if (fetched === undefined) return { program: python.interpreter, env: { ...python.environment } };
  const usr = join(fetched.hostPath, "usr");
  const program = (await readdir(join(usr, "bin"))).find((file) => /^python3\.\d+$/.test(file)) ?? "python3";
  const libraries = (await readdir(join(usr, "lib"))).filter((name) => name.endsWith("-linux-gnu"));
  const folders = libraries.flatMap((name) => [join(usr, "lib", name), join(fetched.hostPath, "lib", name)]);
  return { program: join(usr, "bin", program), env: { ...python.environment, LD_LIBRARY_PATH: folders.join(":") } };
}
