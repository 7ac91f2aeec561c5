import { passCrashPoints } from "./crash-suite.ts";

passCrashPoints("platform");
