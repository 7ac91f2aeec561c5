import { limits } from "@sealrun/protocol";

/*
 * Loaded by `--import` in front of a part that a test starts: it has shorter leases, so that a test need not wait a
 * minute for one to end. Nothing of this is in what is shipped.
 */
Object.assign(limits, JSON.parse(process.env["SEALRUN_TEST_LIMITS"] ?? "{}"));
