/** jq as an executor runs it for references. Its own module: it is loaded only for a package with jq. */
export { runJq } from "@sealrun/executor";
