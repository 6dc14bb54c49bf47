import { join } from "node:path";
import { readBundle } from "./bundle";
import { start } from "./start";

/** The executable as a script for the Node.js on the PATH. The implementation is a file beside it. */
start(() => readBundle(join(__dirname, "implementation.js")));
