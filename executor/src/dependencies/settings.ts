import { z } from "zod";

/** Tokens are no part of this release, and an address with a password would stand in logs. */
const registry = z.url({ protocol: /^https?$/ }).refine((address) => {
  if (!URL.canParse(address)) return true;
  const { username, password } = new URL(address);
  return username === "" && password === "";
}, "expected an address without a user name or password");

/** Where dependencies of scripts come from, and how much of them is kept. */
export const dependencySettings = z.strictObject({
  npmRegistry: registry.default("https://registry.npmjs.org/"),
  pipIndexUrl: registry.default("https://pypi.org/simple"),
  /** Certificates in PEM that are trusted beside the usual ones, for a company's own registry or proxy. */
  extraCaFile: z.string().min(1).nullable().default(null),
  /** A wheel of pip, for a Python that comes without. */
  pip: z.string().min(1).nullable().default(null),
  /** Proxies for installs alone; scripts do not get them. */
  proxy: z
    .strictObject({
      http: z.string().min(1).optional(),
      https: z.string().min(1).optional(),
      except: z.string().optional(),
    })
    .default({}),
  /** Installed dependencies above this are removed, the longest unused first. Bytes. */
  cacheBytes: z
    .number()
    .int()
    .nonnegative()
    .default(10 * 1024 ** 3),
});
export type DependencySettings = z.infer<typeof dependencySettings>;

/** The proxies as programs look for them. */
export function proxyVariables({ proxy }: Pick<DependencySettings, "proxy">): Readonly<Record<string, string>> {
  const set = [
    ["http_proxy", proxy.http],
    ["https_proxy", proxy.https],
    ["no_proxy", proxy.except],
  ] as const;
  return Object.fromEntries(
    set.flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            [name, value],
            [name.toUpperCase(), value],
          ],
    ),
  );
}
