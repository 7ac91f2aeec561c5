import { startPlatform, type TestPlatform } from "../support/start-platform.ts";
import { newPerson, type Person } from "./run-here.ts";

/** A person who is connected to their own platform, without an executor, with a project named acme. */
export async function usePlatform(): Promise<{
  readonly person: Person;
  readonly platform: TestPlatform;
  readonly close: () => Promise<void>;
}> {
  const platform = await startPlatform();
  const person = await newPerson();
  Object.assign(person.environment, {
    SEALRUN_URL: platform.url,
    SEALRUN_TOKEN: platform.token,
    SEALRUN_FINGERPRINT: platform.fingerprint,
  });
  await person.run(["project", "create", "acme"]);
  const close = async (): Promise<void> => {
    await person.leave();
    await platform.close();
  };
  return { person, platform, close };
}
