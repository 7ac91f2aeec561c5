/** The checker's build in JavaScript: the package's own door would start another process for each expression. */
declare module "recheck/lib/browser.js" {
  export { checkSync } from "recheck";
}
