import { context } from "@sealrun/sdk";

const { method, headers } = context.input as { method: string; headers: Record<string, string> };
console.log(method, "Authorization:", headers["Authorization"]?.length, "characters,", headers["Authorization"]);
