import { getAsset } from "node:sea";
import { start } from "./start";

const filename = "implementation.js";

/** The executable that has Node.js and the implementation within itself. */
start(() => ({ filename, source: getAsset(filename, "utf8") }));
