import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { ExecutorConfig } from "@sealrun/executor";
import type { Environment } from "../setup/find-on-path.ts";

/** The registries and proxies for scripts' dependencies in `sealrun dev`: those of the user's npm and pip. */
export async function findDependencySettings(
  environment: Environment,
  say: (line: string) => void,
): Promise<Omit<ExecutorConfig["dependencies"], "pip" | "cacheBytes">> {
  const usable = (what: string, address: string | undefined): string | undefined => {
    if (address === undefined || !URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
      return undefined;
    const { username, password } = new URL(address);
    if (username === "" && password === "") return address;
    say(`${what} holds a password and is not used for the dependencies of scripts; see the guide "dependencies"`);
    return undefined;
  };
  const variable = (name: string): string | undefined => environment[name] ?? environment[name.toUpperCase()];
  const proxy = {
    http: variable("http_proxy"),
    https: variable("https_proxy"),
    except: variable("no_proxy"),
  };
  const caFile = environment["NODE_EXTRA_CA_CERTS"];
  return {
    npmRegistry: usable("npm's registry", await npmRegistry(environment)) ?? "https://registry.npmjs.org/",
    pipIndexUrl: usable("pip's index", await pipIndex(environment)) ?? "https://pypi.org/simple",
    extraCaFile: caFile !== undefined && isAbsolute(caFile) && (await isReadable(caFile)) ? caFile : null,
    proxy: Object.fromEntries(Object.entries(proxy).flatMap(([name, value]) => (value ? [[name, value]] : []))),
  };
}

async function npmRegistry(environment: Environment): Promise<string | undefined> {
  const home = environment["HOME"];
  return (
    environment["npm_config_registry"] ??
    environment["NPM_CONFIG_REGISTRY"] ??
    (home === undefined ? undefined : await settingIn(join(home, ".npmrc"), "registry"))
  );
}

async function pipIndex(environment: Environment): Promise<string | undefined> {
  const home = environment["HOME"];
  const config = environment["XDG_CONFIG_HOME"] ?? (home === undefined ? undefined : join(home, ".config"));
  const files = [
    environment["PIP_CONFIG_FILE"],
    config === undefined ? undefined : join(config, "pip/pip.conf"),
    home === undefined ? undefined : join(home, ".pip/pip.conf"),
    "/etc/pip.conf",
  ];
  let found = environment["PIP_INDEX_URL"];
  for (const file of files) if (file !== undefined) found ??= await settingIn(file, "index-url");
  return found;
}

/** The last `name = value` of a file. `${VARIABLES}`, which npm replaces, are not supported. */
async function settingIn(file: string, name: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const values = [...text.matchAll(new RegExp(`^[ \\t]*${name}[ \\t]*[=:][ \\t]*(\\S+)[ \\t\\r]*$`, "gm"))].map(
    ([, value = ""]) => value,
  );
  return values.at(-1);
}

async function isReadable(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
