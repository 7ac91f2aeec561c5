/** The platform's own check of a schedule. Its own module: it is loaded only for a package with a schedule. */
export { checkSchedule } from "@sealrun/platform";
