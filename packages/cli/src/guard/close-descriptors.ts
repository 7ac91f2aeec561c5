import { closeSync, readdirSync, readFileSync } from "node:fs";

const closeOnExec = 0o2000000;
const standard = 2;

/**
 * Closes every descriptor above 2 that programs started from here would inherit, except `kept`, and returns the closed
 * ones. Call it before anything else: what another program left open, such as a folder of the host, would reach every
 * script. What Node itself opens is close-on-exec and stays.
 */
export function closeInheritedDescriptors(kept: readonly number[] = []): readonly number[] {
  const closed = listInheritable().filter((descriptor) => !kept.includes(descriptor));
  for (const descriptor of closed) closeSync(descriptor);
  return closed;
}

/**
 * The descriptors that a command line names: a shell announces the ones it opens for `<(…)` as `/dev/fd/63`.
 */
export function announcedDescriptors(args: readonly string[]): readonly number[] {
  return args.flatMap((arg) => {
    const number = /(?:^|=)\/(?:dev|proc\/self)\/fd\/([0-9]{1,9})$/.exec(arg)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Descriptors above 2 without close-on-exec. Node marks inherited ones only up to the first free number above 15. */
function listInheritable(): readonly number[] {
  return listDescriptors()
    .map(Number)
    .filter((descriptor) => descriptor > standard && isInheritable(descriptor))
    .toSorted((a, b) => a - b);
}

function listDescriptors(): readonly string[] {
  try {
    return readdirSync("/proc/self/fd");
  } catch {
    // Without /proc no part runs: it has no sandbox.
    return [];
  }
}

function isInheritable(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // The descriptor with which the list was read is closed by now.
    return false;
  }
}
