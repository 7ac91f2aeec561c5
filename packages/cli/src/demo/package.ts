import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCanary, makeControl } from "../prove/canaries.ts";
import type { Wanted } from "../search/search-files.ts";

/** The demo's package on disk, its secrets, and the planted control that takes the same paths in plain text. */
export interface DemoPackage {
  readonly folder: string;
  readonly secrets: { readonly service: Wanted; readonly project: Wanted; readonly platform: Wanted };
  readonly control: Wanted;
}

const source = fileURLToPath(new URL("../../demo-package/", import.meta.url));

/** Writes the package into a folder, with a secrets.json made only for this run. */
export async function writeDemoPackage(folder: string): Promise<DemoPackage> {
  const service = makeCanary("DB_PASSWORD");
  const control = makeControl();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await cp(source, folder, { recursive: true });
  await writeJson(join(folder, "secrets.json"), { DB_PASSWORD: service.value });
  await writeJson(join(folder, "manifest.json"), {
    description: `Shows how scripts use secrets (${control.value})`,
    tags: [control.value],
    steps: ["report.ts", "check.py", "notify.sh"].map((script) => ({ script, env: { DEMO_CONTROL: control.value } })),
  });
  return {
    folder,
    control,
    secrets: { service, project: makeCanary("PAYMENT_KEY"), platform: makeCanary("MAIL_PASSWORD") },
  };
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
}
