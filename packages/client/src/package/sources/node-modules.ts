/** The modules that Node brings, by the first part of their names. `node:` before a name always means one of them. */
const builtins = new Set(
  (
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http " +
    "http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder sys " +
    "timers tls trace_events tty url util v8 vm wasi worker_threads zlib"
  ).split(" "),
);

/** True for what every run has without a lock file: Node's own modules, and the SDK. */
export function isProvided(name: string): boolean {
  return builtins.has(name) || /^_(?:http|stream|tls)_/.test(name) || name === "@sealrun/sdk";
}
