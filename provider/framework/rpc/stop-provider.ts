import type { StopProvider_Response } from "../../plugin/generated/tfplugin6";
import type { ServerContext } from "./context";

/** StopProvider: cancels every running operation, after Ctrl-C in Terraform. */
export function stopProvider(context: ServerContext<unknown>): StopProvider_Response {
  context.stop("Terraform was interrupted");
  return { error: "" };
}
