/* Before any schema is made: checks are interpreted, because compiling them needs what the page's policy refuses. */
import { config } from "zod";

config({ jitless: true });
