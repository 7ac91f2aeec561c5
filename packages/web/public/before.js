// Runs before everything else, as a file: the page's policy allows no inline script and no eval.
// Checks of forms are interpreted, not compiled: compiling needs eval.
globalThis.__zod_globalConfig = { jitless: true };
// What libraries put into style elements carries this.
globalThis.__webpack_nonce__ = document.querySelector('meta[name="csp-nonce"]').content;
// The first paint has the right colours already.
{
  const known = localStorage.getItem("mantine-color-scheme-value");
  const isDark = known === "dark" || (known !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
}
