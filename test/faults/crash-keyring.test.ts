import { passCrashPoints } from "./crash-suite.ts";

passCrashPoints("keyring");
