import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../../temporary-folder.ts";

/** A second network namespace that plays the internet. */
export interface Internet {
  /** Its only machine, which serves a page at port 80, and every name: `both.` with an IPv6 address too, `six.` with that only. */
  readonly address: string;
  /** This machine's address in the network between both. */
  readonly own: string;
  /** slirp4netns with the name server of this internet. */
  readonly slirp4netns: string;
  readonly close: () => Promise<void>;
}

const run = promisify(execFile);

/** Answers every question for an address with its own, and every request with a page. */
const servers = `
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
const address = process.argv[1];
const names = createSocket("udp4");
names.on("message", (question, from) => {
  const end = question.indexOf(0, 12) + 5;
  const name = question.toString("latin1", 13, 13 + question[12]);
  const asked = question.readUInt16BE(end - 4);
  const known = { 1: address.split(".").map(Number), 28: [0x20, 1, 0xd, 0xb8, ...Buffer.alloc(11), 1] }[asked];
  const isKnown = known !== undefined && (asked === 1 ? name !== "six" : name === "six" || name === "both");
  const head = Buffer.from([question[0], question[1], 0x81, 0x80, 0, 1, 0, isKnown ? 1 : 0, 0, 0, 0, 0]);
  const answer = () => Buffer.from([0xc0, 12, 0, asked, 0, 1, 0, 0, 0, 60, 0, known.length, ...known]);
  const parts = [head, question.subarray(12, end), ...(isKnown ? [answer()] : [])];
  names.send(Buffer.concat(parts), from.port, from.address);
});
names.bind(53, address, () =>
  createServer((request, response) => response.end("page for " + request.headers.host + "\\n"))
    .listen(80, address, () => console.log("ready")));
`;

/** Makes the namespace, a link to it, and its servers. Only root can. `number` keeps tests apart. */
export async function openInternet(real: string, number: number): Promise<Internet> {
  const [name, own, address] = [`sr-inet-${number}`, `198.51.100.${number * 4 + 1}`, `198.51.100.${number * 4 + 2}`];
  const folder = await temporaryFolder();
  const ip = async (text: string): Promise<unknown> => run("ip", text.split(" "));
  await ip(`netns delete ${name}`).catch(() => undefined);
  await ip(`netns add ${name}`);
  await ip(`link add ${name}-a type veth peer name ${name}-b netns ${name}`);
  await ip(`address add ${own}/30 dev ${name}-a`);
  await ip(`link set ${name}-a up`);
  await ip(`-n ${name} address add ${address}/30 dev ${name}-b`);
  await ip(`-n ${name} link set ${name}-b up`);
  await ip(`-n ${name} link set lo up`);
  const node = [process.execPath, "--input-type=module", "-e", servers, address];
  const serving = spawn("ip", ["netns", "exec", name, ...node], { stdio: ["ignore", "pipe", "inherit"] });
  await once(serving.stdout, "data");
  const [resolver, slirp4netns] = [join(folder.path, "resolv.conf"), join(folder.path, "slirp4netns")];
  await writeFile(resolver, `nameserver ${address}\n`);
  await chmod(folder.path, 0o755);
  const mounting = `mount --bind ${resolver} /etc/resolv.conf && exec "$0" "$@"`;
  // As the executor does for a program that was fetched.
  const libraries = join(dirname(real), "../lib/x86_64-linux-gnu");
  const start = `#!/bin/sh\nexport LD_LIBRARY_PATH=${libraries}\n`;
  await writeFile(slirp4netns, `${start}exec unshare --mount sh -c '${mounting}' ${real} "$@"\n`, { mode: 0o755 });
  return {
    address,
    own,
    slirp4netns,
    close: async () => {
      const ended = once(serving, "exit");
      serving.kill("SIGKILL");
      await ended;
      await ip(`netns delete ${name}`);
      await folder[Symbol.asyncDispose]();
    },
  };
}
