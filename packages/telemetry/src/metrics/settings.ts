import { fields } from "@sealrun/protocol";
import { z } from "zod";

/** 127.0.0.0/8 or ::1, with a port. */
const loopback = /^(?<host>127(?:\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}|\[::1\]):(?<port>[1-9][0-9]{0,4})$/;
const maxPort = 65_535;
/** The kernel's limit for the path of a socket. */
const maxPathBytes = 107;

/** Where a process offers its metrics: a port of the loopback address, or a Unix socket. */
export const metricsSettings = fields({
  listen: z
    .string()
    .refine((text) => splitAddress(text) !== undefined, {
      error: "expected a loopback address with a port, such as 127.0.0.1:9464 or [::1]:9464 (metrics have no login),",
    })
    .optional(),
  socket: z
    .string()
    .refine((path) => path.startsWith("/") && !path.endsWith("/") && Buffer.byteLength(path) <= maxPathBytes, {
      error: `expected the absolute path of a socket, of at most ${maxPathBytes} bytes,`,
    })
    .optional(),
}).refine(({ listen, socket }) => (listen === undefined) !== (socket === undefined), {
  error: 'expected either {"listen": "127.0.0.1:9464"} or {"socket": "/run/sealrun/metrics.sock"}',
});
export type MetricsSettings = z.infer<typeof metricsSettings>;

/** Host and port of a loopback address; undefined for any other text. */
export function splitAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const { host, port } = loopback.exec(text)?.groups ?? {};
  if (host === undefined || Number(port) > maxPort) return undefined;
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
