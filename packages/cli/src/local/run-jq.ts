/** jq as an executor runs it for references. Its own module: it is loaded only where a program of jq is given. */
export { runJq, runJqForLines } from "@sealrun/executor";
