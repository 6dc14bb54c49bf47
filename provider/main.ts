import { join } from "node:path";
import { readBundle } from "./bundle";
import { start } from "./start";

/** The executable that is a script, run by the Node.js on the PATH: the implementation lies beside it. */
start(() => readBundle(join(__dirname, "implementation.js")));
