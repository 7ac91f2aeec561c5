import { beforeAll, expect, test } from "vitest";
import { executionList } from "@sealrun/protocol";
import { ask } from "../../support/api.ts";
import { type BrowserStorage, useBrowser } from "../../support/browser.ts";
import { expectNoSidewaysScroll, signIn, waitUntilSettled } from "../../support/browser-checks.ts";
import { sharedStage } from "../../support/stage.ts";
import { until } from "../../support/until.ts";
import { layPackages, pushFiles } from "./journey.ts";

/** Would set `hit` or leave an element, were it ever taken for more than text. */
const markup = `<b data-theirs>bold</b><img src=x onerror=globalThis.hit=1><script>globalThis.hit=1</script>[x](javascript:hit=1) ![y](http://example.test/y.png)`;
/** Turns the following text around, hides between letters, and looks like nothing. */
const hidden = "paid\u202Egnp.exe\u200Btwice\u2066\uFEFF";
/** The same as far as a name may hold it: marks of text direction are refused there. */
const hiddenName = hidden.replaceAll(/[\u202E\u2066]/g, "");
const long = "W".repeat(240);
const terminal = "\u001B[31mred\u001B[0m\u001B]8;;javascript:globalThis.hit=1\u0007link\u001B]8;;\u0007\u001B[2J\u0007";
const fileName = `<img src=x onerror=globalThis.hit=1>${hiddenName}.txt`;
const scriptName = "2 <b data-theirs>it's</b>".replace("/", "") + ".sh";
const eventType = `${hiddenName}<img src=x onerror=globalThis.hit=1>`;

const files = {
  "1-say.ts": `import { context } from "@sealrun/sdk";
for (const text of ${JSON.stringify([markup, hidden, long.repeat(20), terminal])}) {
  console.log(text);
  context.logging.error(text);
}
context.result({ [${JSON.stringify(markup)}]: ${JSON.stringify(hidden)}, text: ${JSON.stringify(markup)}, long: ${JSON.stringify(long)} });
`,
  [scriptName]: "echo said",
  "3-fail.ts": `throw new TypeError(${JSON.stringify(`${markup}${hidden}${long}`)});\n`,
  [fileName]: `${markup}\n${hidden}\n${long.repeat(20)}\n`,
  "page.html": `<html><body onload="globalThis.hit=1">${markup}</body></html>\n`,
  "read.md": `# ${markup}\n\n${hidden} [link](javascript:globalThis.hit=1)\n`,
  "manifest.json": {
    description: `${markup} ${hidden} ${long}`,
    author: markup,
    version: hiddenName,
    tags: [markup, hiddenName, long],
    trigger_events: [eventType],
  },
  "parameters.json": {
    fields: [
      { type: "text", name: "note", label: markup, description: hidden, placeholder: markup, visible: true },
      {
        type: "select",
        name: "pick",
        label: hidden,
        visible: true,
        choices: [
          { title: markup, value: hidden },
          { title: long, value: "long" },
        ],
      },
    ],
  },
  "config.json": { [markup]: hidden },
};

const visit = useBrowser();
const stage = sharedStage();
let storage: BrowserStorage;
let ran: string;
let caused: string;

beforeAll(async () => {
  const client = await layPackages(stage, "hostile", { hostile: files });
  await pushFiles(
    client,
    { project: "hostile", name: "hostile" },
    { ...files, "read.md": `${markup} changed ${hidden}\n` },
  );
  ran = (await stage.run("hostile/hostile", ["-p", `note=${markup}${hidden}${long}`, "-p", `pick=${hidden}`])).id;
  const about = ["--source", markup, "--reference", `${hiddenName}${long}`.slice(0, 250)];
  await stage.must(["event", "send", eventType, "--project", "hostile", ...about]);
  caused = await until(async () => {
    const { executions } = await ask(stage, executionList, ["GET", "/executions?project=hostile&status=failed"]);
    return executions.find(({ id }) => id !== ran)?.id;
  });
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

const typed = encodeURIComponent(`${markup}${hidden}`);
const inPackage = "/projects/hostile/packages/hostile";

/** Each page that shows text of others, and what of it must be seen there as text. */
const pages: readonly (readonly [name: string, path: () => string, seen: readonly string[]])[] = [
  ["a project's home", () => "/projects/hostile", []],
  ["a package", () => inPackage, ["<b data-theirs>", "U+202E", long]],
  ["its files", () => `${inPackage}?tab=files`, ["U+200B"]],
  ["a file with a hostile name", () => `${inPackage}?tab=files&file=${encodeURIComponent(fileName)}`, ["<script>"]],
  ["a file of HTML", () => `${inPackage}?tab=files&file=page.html`, ["<script>"]],
  ["a file of Markdown", () => `${inPackage}?tab=files&file=read.md`, ["U+200B"]],
  ["its versions", () => `${inPackage}?tab=versions`, []],
  ["two versions beside each other", () => `${inPackage}?tab=versions&version=2&against=1`, ["<script>"]],
  ["its secrets", () => `${inPackage}/secrets?find=${typed}`, []],
  ["a secret to set", () => `/vault/secrets?add=${typed}`, []],
  ["the form of a run", () => `${inPackage}/run`, ["<b data-theirs>", "U+202E"]],
  ["the log of a run", () => `/executions/${ran}`, ["<b data-theirs>", "U+202E", "red"]],
  ["its results", () => `/executions/${ran}?tab=results`, ["<b data-theirs>", "U+202E"]],
  ["its parameters", () => `/executions/${ran}?tab=parameters`, ["<b data-theirs>", "U+202E"]],
  ["its receipt", () => `/executions/${ran}?tab=receipt`, []],
  ["its attempts", () => `/executions/${ran}?tab=attempts`, []],
  ["its difference", () => `/executions/${ran}?tab=difference`, []],
  ["a run that an event caused", () => `/executions/${caused}`, ["U+200B"]],
  ["a search in a log", () => `/executions/${ran}?find=${typed}`, []],
  ["the executions", () => "/executions", []],
  ["the executions, by hostile filters", () => `/executions?id=${typed}&executor=${typed}`, []],
  ["the schedules", () => "/schedules", []],
  ["the executors", () => "/executors", []],
  ["the audit, by hostile filters", () => `/audit?actor=${typed.slice(0, 200)}`, []],
  ["the audit of events", () => "/audit?action=event", ["U+200B"]],
  ["the guides", () => `/guides?find=${typed}`, ["<b data-theirs>", "U+202E"]],
  ["a guide that is not there", () => `/guides/${typed}`, []],
  ["a project that is not there", () => `/projects/${typed}`, ["<b data-theirs>"]],
  ["an execution that is not there", () => `/executions/${typed}`, []],
  ["an address that is not there", () => `/nothing/${typed}`, []],
];

test.each(pages)("packages/web shows hostile text as text: %s", async (_, path, seen) => {
  const visitor = await visit(`${stage.url}${path()}`, { storage });
  const { page } = visitor;
  visitor.tolerate(/Failed to load resource.*status of 40[04]/);
  await waitUntilSettled(page);
  for (const text of seen) await until(async () => ((await page.innerText("body")).includes(text) ? true : undefined));
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
  }
  expect(await page.evaluate(readTraces)).toEqual({ hit: false, elements: [], links: [], hidden: [] });
});

/** What hostile text would leave behind. Runs in the page. */
function readTraces() {
  const outside = /[\u200B\u202E\u2066\uFEFF]/;
  const links = [...document.querySelectorAll("a[href], area[href], [src]")].map(
    (element) => element.getAttribute("href") ?? element.getAttribute("src") ?? "",
  );
  return {
    hit: "hit" in globalThis,
    elements: [
      ...document.querySelectorAll(
        "[data-theirs], img:not([src='/icon.svg']), body script:not([src]), [onerror], [onload]",
      ),
    ].map((element) => element.outerHTML),
    links: links.filter((link) => new URL(link, location.href).origin !== location.origin),
    hidden: [document.title, document.body.textContent].flatMap((text) => {
      const at = text.search(outside);
      return at < 0 ? [] : [text.slice(Math.max(0, at - 60), at + 60)];
    }),
  };
}
