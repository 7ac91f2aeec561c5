import type { PresenceReply, PresenceRequest } from "@sealrun/protocol";
import { SealrunError } from "@sealrun/protocol";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { announcePresence } from "../../../../executor/src/supervisor/queue/presence.ts";
import { until } from "../../../support/until.ts";

const log = pino({ level: "silent" });

describe("announcePresence()", () => {
  test("announcePresence() sends a heartbeat at once, and at once when it drains, with what runs", async () => {
    const told: PresenceRequest[] = [];
    const presence = announcePresence({
      sandbox: "filtered",
      rpc: { presence: async (said) => (told.push(said), { ok: true }) },
      slots: 3,
      networkForms: ["host", "none"],
      log,
    });
    presence.begin();
    const end = presence.begin();
    end();
    presence.drain();
    await presence.close();
    await until(() => told[1]);
    expect(told).toEqual([
      {
        slots: 3,
        running: 0,
        draining: false,
        trouble: null,
        sandbox: "filtered",
        networkForms: ["host", "none"],
        requiresNetwork: false,
      },
      {
        slots: 3,
        running: 1,
        draining: true,
        trouble: null,
        sandbox: "filtered",
        networkForms: ["host", "none"],
        requiresNetwork: false,
      },
    ]);
  });

  test("announcePresence() says at once why it takes nothing, and at once when it takes executions again", async () => {
    const told: PresenceRequest[] = [];
    const presence = announcePresence({
      sandbox: "filtered",
      rpc: { presence: async (said) => (told.push(said), { ok: true }) },
      slots: 1,
      log,
    });
    const trouble = { code: "DISK_FULL", message: "full" };
    presence.setTrouble(trouble);
    presence.setTrouble(undefined);
    await until(() => told[2]);
    await presence.close();
    expect(told.map((said) => said.trouble)).toEqual([null, trouble, null]);
  });

  test("announcePresence() retries a heartbeat that failed, and logs that once", async () => {
    const lines: string[] = [];
    let tries = 0;
    const presence = announcePresence({
      sandbox: "filtered",
      rpc: {
        presence: async () => {
          tries += 1;
          if (tries < 3) throw new SealrunError("PLATFORM_UNREACHABLE", "");
          return { ok: true };
        },
      },
      slots: 1,
      log: pino({ level: "warn" }, { write: (line) => lines.push(line) }),
    });
    await until(() => (tries === 3 ? true : undefined));
    await presence.close();
    expect(lines).toHaveLength(1);
  });

  test("announcePresence() logs a wrong clock once, and takes executions before it is checked and after it is right", async () => {
    const lines: string[] = [];
    let isWrong = false;
    let told = 0;
    const presence = announcePresence({
      sandbox: "filtered",
      rpc: {
        presence: async () => {
          told += 1;
          if (isWrong) throw new SealrunError("CLOCK_WRONG", "The clock of host-1 is 90 seconds behind");
          return { ok: true };
        },
      },
      slots: 1,
      log: pino({ level: "info" }, { write: (line) => lines.push(line) }),
    });
    await until(() => (told === 1 ? true : undefined));
    expect(presence.isClockWrong()).toBe(false);
    isWrong = true;
    presence.checkClock();
    await until(() => (told === 3 ? true : undefined));
    expect(presence.isClockWrong()).toBe(true);
    isWrong = false;
    await until(() => (presence.isClockWrong() ? undefined : true));
    await presence.close();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(
      "The clock of host-1 is 90 seconds behind. No executions are taken until the clocks agree",
    );
  });

  test("announcePresence() learns how fast output may come, and has a rate before and without that", async () => {
    let linesPerSecond: number | undefined = 50;
    let told = 0;
    const answer = async (): Promise<PresenceReply> => {
      told += 1;
      return linesPerSecond === undefined ? { ok: true } : { ok: true, linesPerSecond };
    };
    const presence = announcePresence({ sandbox: "filtered", rpc: { presence: answer }, slots: 1, log });
    expect(presence.linesPerSecond()).toBe(2_000);
    await until(() => (presence.linesPerSecond() === 50 ? true : undefined));
    linesPerSecond = undefined;
    presence.checkClock();
    await until(() => (told === 2 && presence.linesPerSecond() === 2_000 ? true : undefined));
    await presence.close();
  });

  test("announcePresence() closes once the platform knows that it drains, and sends nothing after", async () => {
    const heard: boolean[] = [];
    const presence = announcePresence({
      sandbox: "filtered",
      rpc: {
        presence: async ({ draining }) => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          heard.push(draining);
          return { ok: true };
        },
      },
      slots: 1,
      log,
    });
    presence.drain();
    await presence.close();
    expect(heard).toEqual([false, true]);
  });
});
