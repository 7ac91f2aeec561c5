/**
 * Variables that the dynamic loader, a runtime or a shell reads only when it starts. A process that was started ahead of
 * its step would not notice them any longer.
 */
const readAtStart = [
  // The loader and the C library.
  /^(?:LD_|GLIBC_|MALLOC_|LC_)/,
  /^(?:LANG|LANGUAGE|TZ|TZDIR|LOCPATH|NLSPATH|GCONV_PATH|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS)$/,
  // Node, its libraries, and Python.
  /^(?:NODE|UV_|ICU_|OPENSSL|SSL_|PYTHON|V8_)/,
  /^(?:NO_COLOR|FORCE_COLOR|HOME|PATH|TMPDIR)$/,
  // Shells, whose own variables these are.
  /^(?:BASH|DASH|POSIXLY_CORRECT|SHELLOPTS|ENV$|CDPATH$|IFS$|PS[0-9]$|OPT(?:IND|ARG|ERR)$|PWD$|OLDPWD$|PPID$|E?UID$|GROUPS$|LINENO$|FUNCNAME$|DIRSTACK$|_$)/,
  // Those of the bootstrap and of `start.sh`.
  /^(?:SEALRUN_|sealrun_)/,
];

/** Whether a step with these variables of its own behaves the same in a process that was started before they were known. */
export function canComeAtGo(own: Readonly<Record<string, string>>): boolean {
  return !Object.keys(own).some((name) => readAtStart.some((pattern) => pattern.test(name)));
}
