import { generateIdentity } from "@sealrun/crypto";
import { call, type Call, connectNats, type NatsLink, type Peer, serve, type Service } from "@sealrun/nats";
import { z } from "zod";
import { startTestNats } from "../support/servers.ts";

export const subject = "sealrun.rpc.test.echo";
export const asker = generateIdentity("exr_00000000000000000001");
export const answerer = generateIdentity("plt_00000000000000000001");
const peer = newPeer();

/** The answering side, of which no key but the pinned one is known. */
export function newPeer(): Peer {
  return { id: answerer.id, signPublic: answerer.signPublic };
}

/** Two connections to a server of their own: one asks, the other answers. */
export interface Exchange {
  readonly url: string;
  readonly link: NatsLink;
  readonly login: { readonly url: string; readonly user: string; readonly password: string };
  /** What the answering side logged. */
  readonly logged: string[];
  readonly call: (more?: Partial<Call<Echo>>) => Promise<Echo>;
  /** Settles once the server knows of it. */
  readonly serve: (more?: Partial<Service>) => Promise<{ close(): Promise<void> }>;
  readonly close: () => Promise<void>;
}

const echo = z.object({ ok: z.literal(true), text: z.string() });
type Echo = z.infer<typeof echo>;

export async function openExchange(): Promise<Exchange> {
  const nats = await startTestNats();
  const login = { url: nats.url, user: nats.admin.user, password: nats.admin.password };
  const link = await connectNats({ ...login, name: "asker", inboxPrefix: "_INBOX.asker" });
  const other = await connectNats({ ...login, name: "answerer", inboxPrefix: "_INBOX.answerer" });
  const logged: string[] = [];
  return {
    url: nats.url,
    link,
    login,
    logged,
    call: async (more) => {
      const { value } = await call({ ...callOf(link), ...more });
      return value;
    },
    serve: async (more) => {
      const log = { error: (_: object, message: string) => void logged.push(message) };
      const handle = async (): Promise<Echo> => ({ ok: true, text: "answered" });
      const findKey = (sender: string) => (sender === asker.id ? asker.signPublic : undefined);
      const service = serve({
        link: other,
        identity: answerer,
        subject,
        queue: "test",
        kind: "echo",
        findKey,
        handle,
        log,
        ...more,
      });
      await other.connection.flush();
      return service;
    },
    close: async () => {
      await link.close();
      await other.close();
      await nats.stop();
    },
  };
}

function callOf(link: NatsLink): Call<Echo> {
  return {
    link,
    identity: asker,
    peer,
    subject,
    kind: "echo",
    body: {},
    reply: echo,
    unreachable: "PLATFORM_UNREACHABLE",
  };
}
