import { getAsset } from "node:sea";
import { start } from "./start";

const filename = "implementation.js";

/** The executable that contains Node.js and the implementation. */
start(() => ({ filename, source: getAsset(filename, "utf8") }));
