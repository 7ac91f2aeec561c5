import { createHash } from "node:crypto";
import type { Multipart, MultipartFile } from "@fastify/multipart";
import { concatBytes, wipe } from "@sealrun/crypto";
import {
  describeIssue,
  isExecutable,
  limits,
  parseStrictJson,
  type PushVersion,
  pushVersion,
  SealrunError,
  showBytes,
  showName,
} from "@sealrun/protocol";
import type { UploadedFile } from "../packages/checked-version.ts";
import { refuseCredentials } from "./refuse-credentials.ts";

/** The content of one push. */
export interface Upload {
  /** The part `version`: present when the client sealed the secrets. */
  readonly announced: PushVersion | undefined;
  /** Replace secrets that changed on the platform since the last push. */
  readonly overwrite: boolean;
  readonly files: readonly UploadedFile[];
  /** A plain top-level secrets.json, removed from the files. The receiver wipes it. */
  readonly secretsFile: Uint8Array | undefined;
}

/** Reads the parts of a push, up to the limits of a package. Plain secrets are wiped on failure. */
export async function readUpload(parts: AsyncIterable<Multipart>): Promise<Upload> {
  let announced: PushVersion | undefined;
  let secretsFile: Uint8Array | undefined;
  const files: UploadedFile[] = [];
  let bytesLeft: number = limits.packageBytes;
  try {
    for await (const part of parts) {
      if (part.fieldname === "version") {
        if (announced !== undefined || files.length > 0 || secretsFile !== undefined) {
          throw new SealrunError("BAD_REQUEST", "Expected the part version once, before every file");
        }
        announced = await readAnnouncement(part);
        continue;
      }
      if (part.type !== "file")
        throw new SealrunError(
          "BAD_REQUEST",
          "Expected the parts version and file only, each file with its path as filename",
        );
      const path = part.filename.replace(/%22/g, '"');
      if (announced === undefined && path === "secrets.json") {
        if (secretsFile !== undefined) throw new SealrunError("PACKAGE_INVALID", '"secrets.json": sent twice');
        secretsFile = await readBytes(part, path, limits.secretsFileBytes, "SECRETS_FILE_INVALID");
        continue;
      }
      if (announced === undefined) refuseCredentials(path);
      if (files.length >= limits.packageFiles) {
        throw new SealrunError(
          "PACKAGE_INVALID",
          `Expected at most ${limits.packageFiles} files; leave out what the scripts do not read`,
        );
      }
      const bytes = await readBytes(part, path, bytesLeft, "PACKAGE_INVALID");
      bytesLeft -= bytes.length;
      // The parts come in the announced order, which is checked once all are here.
      const bit = announced === undefined ? undefined : announced.files[files.length]?.executable === true;
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      files.push({ path, bytes, sha256, executable: isExecutable(bytes, bit) });
    }
  } catch (error) {
    if (secretsFile !== undefined) wipe(secretsFile);
    throw error;
  }
  return { announced, overwrite: announced?.overwrite === true, files, secretsFile };
}

async function readAnnouncement(part: Multipart): Promise<PushVersion> {
  const maxBytes = limits.pushDocumentBytes;
  const bytes =
    part.type === "file" ? await readBytes(part, "version", maxBytes, "BAD_REQUEST") : Buffer.from(String(part.value));
  const rules = { file: "Part version", code: "BAD_REQUEST", maxBytes, maxDepth: limits.jsonDepth } as const;
  const parsed = pushVersion.safeParse(parseStrictJson(bytes, rules).value);
  if (parsed.success) return parsed.data;
  throw new SealrunError("BAD_REQUEST", `In the part version: ${describeIssue(parsed.error)}`);
}

async function readBytes(
  part: MultipartFile,
  path: string,
  maxBytes: number,
  code: "BAD_REQUEST" | "PACKAGE_INVALID" | "SECRETS_FILE_INVALID",
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of part.file) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    // The rest of a part that is too large is read and dropped: the answer can be sent only after the whole request.
    if (size <= maxBytes) chunks.push(bytes);
    else if (code === "SECRETS_FILE_INVALID") wipe(bytes);
  }
  try {
    if (size > maxBytes || part.file.truncated) {
      const what =
        code === "PACKAGE_INVALID"
          ? `at most ${showBytes(limits.packageBytes)} in all`
          : `at most ${showBytes(maxBytes)}`;
      throw new SealrunError(code, `${showName(path)}: expected ${what}; leave out what the scripts do not read`);
    }
    return concatBytes(...chunks);
  } finally {
    // Chunks are views into the buffers of the socket; a plain secrets.json must not stay there.
    if (code === "SECRETS_FILE_INVALID") for (const chunk of chunks) wipe(chunk);
  }
}
