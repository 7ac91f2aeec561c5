import { expect, test } from "vitest";
import { useBrowser } from "../../support/browser.ts";
import { signIn } from "../../support/browser-checks.ts";
import { sharedStage } from "../../support/stage.ts";

const visit = useBrowser();
const stage = sharedStage();

test("GET / answers with a policy that allows the platform's own files alone, and a nonce for styles", async () => {
  const policies = await Promise.all([readPolicy(), readPolicy()]);
  const nonces = policies.map((policy) => /'nonce-([\w-]{24})'/.exec(policy)?.[1] ?? "");
  expect(policies[0]?.replace(nonces[0] ?? "", "NONCE")).toBe(
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'nonce-NONCE'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "connect-src 'self'",
      "worker-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
  );
  expect(nonces[0]).not.toBe("");
  expect(nonces[0]).not.toBe(nonces[1]);
});

test.each([
  [
    "an inline script",
    `const made = document.createElement("script"); made.text = "globalThis.hit = 1"; document.body.append(made);`,
  ],
  [
    "a script with the nonce of the styles",
    `const made = document.createElement("script"); made.nonce = document.querySelector("meta[name=csp-nonce]").content; made.text = "globalThis.hit = 1"; document.body.append(made);`,
  ],
  [
    "a handler in an attribute",
    `const made = document.createElement("button"); made.setAttribute("onclick", "globalThis.hit = 1"); document.body.append(made); made.click();`,
  ],
  ["code made of text", `try { setTimeout("globalThis.hit = 1", 0); } catch {}`],
  [
    "a script of another host",
    `const made = document.createElement("script"); made.src = "http://127.0.0.1:9/x.js"; document.body.append(made);`,
  ],
  ["a worker made of text", `try { new Worker(URL.createObjectURL(new Blob(["postMessage(1)"]))); } catch {}`],
  [
    "a frame",
    `const made = document.createElement("iframe"); made.srcdoc = "<script>parent.hit = 1</scr" + "ipt>"; document.body.append(made);`,
  ],
  [
    "a style without the nonce",
    `const made = document.createElement("style"); made.textContent = "body { --hit: 1 }"; document.body.append(made);`,
  ],
])("packages/web runs under a policy that refuses %s", async (_, code) => {
  const visitor = await visit(stage.url);
  const { page, witness } = visitor;
  await signIn(page, stage);
  const before = witness.complaints().length;
  await page.evaluate(code);
  await expect
    .poll(() => witness.complaints().slice(before).join("\n"))
    .toMatch(/breach of the policy|violates the following/i);
  expect(
    await page.evaluate(`"hit" in globalThis || getComputedStyle(document.body).getPropertyValue("--hit") !== ""`),
  ).toBe(false);
  visitor.tolerate(
    /Content Security Policy|breach of the policy|request to another origin: http:\/\/127\.0\.0\.1:9\/|ERR_BLOCKED_BY_CSP/,
  );
});

async function readPolicy(): Promise<string> {
  const { headers } = await fetch(stage.url, { headers: { accept: "text/html" } });
  return headers.get("content-security-policy") ?? "";
}
