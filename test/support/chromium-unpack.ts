/*
 * A program of its own: the package unpacks into this process's TMPDIR and changes its environment. Run it with
 * TMPDIR set to an empty folder.
 */
import chromium from "@sparticuz/chromium";

await chromium.executablePath();
