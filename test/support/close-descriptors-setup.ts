/** A setup file of vitest: closes what the program that started the tests left open, as each part does at its start. */
import { closeInheritedDescriptors } from "../../packages/cli/src/guard/close-descriptors.ts";

closeInheritedDescriptors();
