import { limits } from "@sealrun/protocol";

/**
 * Loaded before tests that hold a platform in their own process: many of them change rows by hand, of which no part is
 * notified. That notifications are enough is shown by tests whose parts are processes, such as `whole/woken.test.ts`.
 */
Object.assign(limits, { safetyPollMs: 1_000 });
