export { readPrivateFile, readPublicFile } from "./private-file.ts";
export { readRootKey } from "./root-key.ts";
