import { fields } from "@sealrun/protocol";
import { z } from "zod";

/** Registry tokens are not supported in this release, and a password in an address would appear in logs. */
const registry = z.url({ protocol: /^https?$/ }).refine((address) => {
  if (!URL.canParse(address)) return true;
  const { username, password } = new URL(address);
  return username === "" && password === "";
}, "expected an address without a user name or password");

/** Where the dependencies of scripts come from, and how many bytes of them are kept. */
export const dependencySettings = fields({
  npmRegistry: registry.default("https://registry.npmjs.org/"),
  pipIndexUrl: registry.default("https://pypi.org/simple"),
  /** Certificates in PEM that are trusted besides the usual ones, for a company's own registry or proxy. */
  extraCaFile: z.string().min(1).nullable().default(null),
  /** A wheel of pip, for a Python without pip. */
  pip: z.string().min(1).nullable().default(null),
  /** Proxies for installs only; scripts do not get them. */
  proxy: fields({
    http: z.string().min(1).optional(),
    https: z.string().min(1).optional(),
    except: z.string().optional(),
  }).default({}),
  /** Above this, installed dependencies are removed, the longest unused first. In bytes. */
  cacheBytes: z
    .number()
    .int()
    .nonnegative()
    .default(10 * 1024 ** 3),
});
export type DependencySettings = z.infer<typeof dependencySettings>;

/** The proxies as environment variables, in both common spellings. */
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
