import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { secretList } from "@sealrun/protocol";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../../support/api.ts";
import { useBrowser, type Visit } from "../../support/browser.ts";
import { atWidths, expectAccessible, expectNoSidewaysScroll, signIn } from "../../support/browser-checks.ts";
import { dragPaths, dropPaths } from "../../support/drop-paths.ts";
import { holdChunk } from "../../support/hold-chunk.ts";
import { searchBrowser } from "../../support/canary-search.ts";
import { makeZip } from "../../support/make-zip.ts";
import { type RecordingProxy, startRecordingProxy } from "../../support/recording-proxy.ts";
import { sharedStage } from "../../support/stage.ts";
import { storedZip } from "../../support/stored-zip.ts";

const visit = useBrowser();
const stage = sharedStage();
let proxy: RecordingProxy;

beforeAll(async () => {
  proxy = await startRecordingProxy(stage.url);
  await stage.must(["project", "create", "uploads"]);
});

afterAll(async () => {
  await proxy.close();
});

const canary = `canary-${randomBytes(16).toString("hex")}`;
const typed = `canary-${randomBytes(16).toString("hex")}`;
const marker = `marker-${randomBytes(16).toString("hex")}`;

test("UploadPage seals a chosen folder's secrets.json here, and its values are nowhere else", async () => {
  const folder = await stage.write("report", {
    "main.sh": `echo ${marker}; sealrun-context get DB_PASS | wc -c\nsealrun-context get TYPED\nsealrun-context get SHARED\n`,
    "manifest.json": { description: "Reports" },
    "secrets.json": { DB_PASS: canary, DB: { password: `${canary}-nested` } },
    ".env": `DB_PASS=${canary}`,
    "data/rows.csv": "a,b\n",
  });
  const opened = await open("/projects/uploads/upload", proxy.url);
  const { page } = opened;
  await choose(page, "folder", folder);
  await page.getByText("2 secrets will be sealed in this browser; secrets.json is not sent").waitFor();
  expect(await page.getByLabel("Name of the package").inputValue()).toBe("report");
  await page.getByText("A new package").waitFor();
  const missing = page.getByRole("region", { name: "Missing secrets" });
  await missing.getByText("in main.sh:2; without it the script gets nothing").waitFor();
  await page.getByLabel("Value of TYPED").fill(typed);
  await page.getByLabel("Value of SHARED").fill(`${typed}-shared`);
  await page.getByLabel("Store SHARED for the").getByText("Project").click();
  expect(await page.getByText(".env", { exact: true }).count()).toBe(1);
  await atWidths({ page }, [360, 1440], async () => expectNoSidewaysScroll(page));
  await expectAccessible(page);
  await page.getByRole("button", { name: "Upload package" }).click();
  await page.getByText("report version 1 is uploaded").waitFor();
  await page.getByText("3 secrets sealed in this browser").waitFor();
  await expectAccessible(page);
  await page.goto(`${proxy.url}/projects/uploads/packages/report/secrets`);
  await page.getByRole("button", { name: "TYPED", exact: true }).waitFor();
  await page.getByRole("button", { name: "SHARED", exact: true }).waitFor();
  const found = await searchBrowser(opened, proxy, [
    { label: "canary", value: canary },
    { label: "typed", value: typed },
    { label: "marker", value: marker },
  ]);
  // The script is sent as it is: the search sees what is sent.
  expect(found.filter(({ value }) => value === "marker").map(({ place }) => place)).toContain("request body");
  expect(found.filter(({ value }) => value !== "marker")).toEqual([]);
  const { secrets } = await ask(stage, secretList, ["GET", "/projects/uploads/packages/report/secrets"]);
  expect(secrets.map(({ name, source }) => [name, source])).toEqual([
    ["DB", "push"],
    ["DB_PASS", "push"],
    ["TYPED", "push"],
  ]);
  expect((await stage.run("uploads/report")).status).toBe("succeeded");
});

test("UploadPage takes a folder that is dropped on it", async () => {
  const folder = await stage.write("dropped", { "main.sh": "echo 1\n", "lib/deep/a.txt": "a", "lib/b.txt": "b" });
  const { page } = await open("/projects/uploads/upload");
  await dropPaths(page, [folder]);
  await page.getByRole("button", { name: "Upload package" }).click();
  await page.getByText("dropped version 1 is uploaded").waitFor();
  await page.getByText("3 files.").waitFor();
});

test("UploadPage takes what is dropped on the project's page before the code of either has come", async () => {
  const folder = await stage.write("early", { "main.sh": "echo 1\n", "lib/b.txt": "b" });
  const { page } = await open("/projects/uploads/upload");
  const letHomeGo = await holdChunk(page, "home");
  const letUploadGo = await holdChunk(page, "upload");
  await page.goto(`${stage.url}/projects/uploads`, { waitUntil: "commit" });
  await page.getByRole("link", { name: "sealrun, all projects" }).waitFor();
  await dropPaths(page, [folder]);
  letHomeGo();
  await page.waitForURL("**/projects/uploads/upload");
  letUploadGo();
  await page.getByText("2 files", { exact: false }).first().waitFor();
  expect(await page.getByLabel("Name of the package").inputValue()).toBe("early");
});

test("UploadPage takes what is dropped on the project's page while it is on its way", async () => {
  const folder = await stage.write("meanwhile", { "main.sh": "echo 1\n" });
  const { page } = await open("/projects/uploads/upload");
  const letGo = await holdChunk(page, "upload");
  await page.goto(`${stage.url}/projects/uploads`);
  await page.getByRole("link", { name: "Upload a package" }).waitFor();
  await dropPaths(page, [folder]);
  letGo();
  await page.getByLabel("Name of the package").waitFor();
  expect(await page.getByLabel("Name of the package").inputValue()).toBe("meanwhile");
});

test("UploadPage is covered while files are dragged over it, so that no drop is lost with an element it replaces", async () => {
  const folder = await stage.write("covered", { "main.sh": "echo 1\n" });
  const { page } = await open("/projects/uploads/upload");
  const isCovered = async (): Promise<boolean> =>
    page.evaluate(() => document.elementFromPoint(700, 300)?.closest("#root") === null);
  await page.mouse.move(600, 300);
  await dragPaths(page, [folder]);
  expect(await isCovered()).toBe(true);
  await dropPaths(page, [folder]);
  expect(await isCovered()).toBe(false);
  await page.getByLabel("Name of the package").waitFor();
  await dragPaths(page, [folder]);
  expect(await isCovered()).toBe(true);
  // A drag that ends without a word: the pointer moves again.
  await page.mouse.move(650, 320);
  expect(await isCovered()).toBe(false);
});

test("UploadPage takes files and asks for a name, which it checks as it is typed", async () => {
  const folder = await stage.write("loose", { "one.py": "print(1)\n", "two.sh": "echo 2\n" });
  const { page } = await open("/projects/uploads/upload");
  await page.locator('input[data-kind="files"]').setInputFiles([join(folder, "one.py"), join(folder, "two.sh")]);
  await page.getByText("Give it a name").waitFor();
  await page.getByLabel("Name of the package").fill("my package");
  await page.getByText(/This name is not valid: a package name starts with a letter or digit/).waitFor();
  const letAnswer = await holdAnswer(page, "**/packages/loose");
  await page.getByLabel("Name of the package").fill("loose");
  // It sends nothing before the platform has said what it has under the name.
  await page.getByLabel("Name of the package").press("Enter");
  letAnswer();
  await page.getByText("A new package").waitFor();
  await page.getByRole("button", { name: "Upload package" }).click();
  await page.getByText("loose version 1 is uploaded").waitFor();
});

test("UploadPage opens a zip here, and leaves its folder and what macOS adds away", async () => {
  const zip = await write("zipped.zip", storedZip({ "pkg/main.sh": "echo 1\n", "__MACOSX/pkg/._main.sh": "x" }));
  const { page } = await open("/projects/uploads/upload");
  await choose(page, "zip", zip);
  await page.getByText("1 file, 7 bytes", { exact: true }).first().waitFor();
  expect(await page.getByLabel("Name of the package").inputValue()).toBe("pkg");
});

test.each([
  ["a link", { name: "link.sh", content: "main.sh", mode: 0o120777 }, "this is a link"],
  ["a path that leads out", { name: "../evil.sh", content: "x" }, "leads out of it"],
  ["a wrong checksum", { name: "b.sh", content: "x", said: { crc: 1 } }, "cannot be unpacked"],
  ["a secrets.json in a folder", { name: "sub/secrets.json", content: "{}" }, "at the top of the package only"],
  ["a bomb", { name: "b.txt", content: "x".repeat(1_000_000), method: 8, said: { size: 10 } }, "cannot be unpacked"],
])("UploadPage refuses a zip with %s, and says what to do", async (what, entry, sentence) => {
  const zip = await write(`${what.replaceAll(" ", "-")}.zip`, makeZip([{ name: "main.sh", content: "echo" }, entry]));
  const { page } = await open("/projects/uploads/upload");
  await choose(page, "zip", zip);
  await page.getByText("This cannot become a package").waitFor();
  await page.getByText(sentence).waitFor();
});

test("UploadPage points at file and line of all that is wrong, and shows no line that holds a value", async () => {
  const folder = await stage.write("wrong", {
    "main.sh": `echo hi\necho ${canary}\nsealrun-context get GONE\n`,
    "manifest.json": '{\n  "prority": 3\n}',
    "secrets.json": { KEY: canary },
  });
  const { page } = await open("/projects/uploads/upload");
  await choose(page, "folder", folder);
  await page.getByText(/did you mean "priority"/).waitFor();
  await page.getByText("main.sh:2 holds the value of KEY in plain text").waitFor();
  await page.getByLabel("Value of GONE").waitFor();
  expect(await page.getByText("not shown: this line contains a secret's value").count()).toBeGreaterThan(0);
  expect(await page.content()).not.toContain(canary);
  expect(await page.getByRole("button", { name: "Upload package" }).isDisabled()).toBe(true);
  await expectAccessible(page);
});

test("UploadPage uploads what would fail every run only after a tick that names it, and checks it beside the page", async () => {
  const folder = await stage.write("failing", {
    "main.ts": 'import { shout } from "./shout.ts";\nconst = 1;\n',
    "requirements.txt": "requests\n",
    "two.py": "import requests\n",
  });
  const { page } = await open("/projects/uploads/upload");
  const worker = page.waitForEvent("worker");
  await choose(page, "folder", folder);
  expect((await worker).url()).toContain("check-worker");
  const problems = page.getByRole("region", { name: "Problems" });
  await problems.getByText(/^main\.ts:2:\d+: does not parse/).waitFor();
  await page.getByText(/^Every run would fail: mend what is listed/).waitFor();
  const upload = page.getByRole("button", { name: "Upload package" });
  await upload.waitFor();
  expect(await upload.isDisabled()).toBe(true);
  await page.getByLabel("Name of the package").press("Enter");
  await page.getByText(/^Runs fail at .*main\.ts:2/).waitFor();
  await atWidths({ page }, [360, 1440], async () => expectNoSidewaysScroll(page));
  await expectAccessible(page);
  await page.getByLabel("Upload anyway").check();
  await upload.click();
  await page.getByText("failing version 1 is uploaded").waitFor();
});

test("UploadPage takes no tick for what the platform would refuse", async () => {
  const folder = await stage.write("both", { "main.ts": "const = 1;\n", "manifest.json": '{"prority": 3}' });
  const { page } = await open("/projects/uploads/upload");
  await choose(page, "folder", folder);
  await page.getByText("Fix 1 error first, then drop the package again").waitFor();
  expect(await page.getByLabel("Upload anyway").count()).toBe(0);
});

test("UploadPage warns of a pool without executors, and uploads", async () => {
  const folder = await stage.write("idle", { "main.sh": "echo\n", "manifest.json": { pool: "far-away" } });
  const { page } = await open("/projects/uploads/upload");
  await choose(page, "folder", folder);
  await page.getByText(/^pool far-away has no executors, so a run waits/).waitFor();
  await page.getByRole("button", { name: "Upload package" }).click();
  await page.getByText("idle version 1 is uploaded").waitFor();
});

test("UploadPage replaces what was changed on the platform only with a tick, and shows what changed", async () => {
  const files = { "main.sh": "echo one\n", "secrets.json": { TOKEN: "a first value", OTHER: "of mine" } };
  await stage.push("uploads/again", files);
  const place = ["--scope", "service", "--project", "uploads", "--package", "again"];
  await stage.must(["secret", "set", "TOKEN", ...place], { stdin: "a value of theirs" });
  const folder = await stage.write("again-2", { ...files, "main.sh": "echo two\n" });
  const { page } = await open("/projects/uploads/upload?package=again");
  await choose(page, "folder", folder);
  await page.getByText("changed on the platform", { exact: true }).waitFor();
  await page.getByText("replaces version 1").waitFor();
  const upload = page.getByRole("button", { name: "Upload version 2" });
  expect(await upload.isDisabled()).toBe(true);
  await page.getByLabel("Overwrite TOKEN").check();
  await upload.click();
  await page.getByText("again version 2 is uploaded").waitFor();
  await page.getByRole("link", { name: "See what changed" }).click();
  await page.getByText("echo two").waitFor();
  await page.getByText("echo one").waitFor();
  expect(new URL(page.url()).searchParams.get("tab")).toBe("versions");
});

test("UploadPage takes a tick only for the package that it was set for", async () => {
  const files = { "main.sh": "echo one\n", "secrets.json": { TOKEN: "a first value" } };
  for (const name of ["ticked", "unticked"]) {
    await stage.push(`uploads/${name}`, files);
    const place = ["--scope", "service", "--project", "uploads", "--package", name];
    await stage.must(["secret", "set", "TOKEN", ...place], { stdin: "a value of theirs" });
  }
  const folder = await stage.write("ticked", { ...files, "main.sh": "echo two\n" });
  const { page } = await open("/projects/uploads/upload");
  await choose(page, "folder", folder);
  const [name, tick] = [page.getByLabel("Name of the package"), page.getByLabel("Overwrite TOKEN")];
  const upload = page.getByRole("button", { name: "Upload version 2" });
  await name.fill("ticked");
  await tick.check();
  await expect.poll(async () => upload.isEnabled()).toBe(true);
  await name.fill("unticked");
  expect(await upload.or(page.getByRole("button", { name: "Upload", exact: true })).isDisabled()).toBe(true);
  await upload.waitFor();
  expect(await upload.isDisabled()).toBe(true);
  expect(await tick.isChecked()).toBe(false);
});

test("UploadPage asks before it forgets what was dropped", async () => {
  const folder = await stage.write("leaving", { "main.sh": "echo\n", "secrets.json": { KEY: "value" } });
  const { page } = await open("/projects/uploads/upload");
  await choose(page, "folder", folder);
  await page.getByText("1 secret will be sealed").waitFor();
  await page.getByRole("link", { name: "Vault" }).click();
  await page.getByText("Leave without uploading?").waitFor();
  await page.getByRole("button", { name: "Stay" }).click();
  await page.getByText("1 secret will be sealed").waitFor();
  await page.getByRole("link", { name: "Vault" }).click();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.waitForURL("**/vault/secrets");
});

/** A package that is not there yet is asked for, and Chromium tells its console of the answer. */
async function open(path: string, url = stage.url): Promise<Visit> {
  const opened = await visit(`${url}${path}`);
  opened.tolerate(/status of 404/);
  await signIn(opened.page, stage);
  await opened.page.getByText("Drop a folder, files or a zip here").waitFor();
  return opened;
}

/** Keeps the platform's answers at this address back until the returned function is called. */
async function holdAnswer(page: Page, url: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(url, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

async function choose(page: Page, kind: "folder" | "zip", path: string): Promise<void> {
  await page.locator(`input[data-kind="${kind}"]`).setInputFiles(path);
}

async function write(name: string, content: Uint8Array): Promise<string> {
  const path = join(stage.folder, name);
  await writeFile(path, content);
  return path;
}
