export { openRootKey, resolveRootKeySource } from "./open-root-key.ts";
export { readPrivateFile, readPublicFile } from "./private-file.ts";
export { readRootKey } from "./root-key.ts";
