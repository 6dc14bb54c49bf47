import type { ReadDataSource_Request, ReadDataSource_Response } from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { DATA_SOURCE_STEPS, TIMEOUTS_BLOCK, timeoutOf, typeWithTimeouts, withTimeout } from "../timeouts";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { decodeObject, encodeObject } from "./dynamic-value";
import { reportFailure } from "./report-failure";

/** ReadDataSource: reads a data source from the server. */
export async function readDataSource<P>(
  context: ServerContext<P>,
  request: ReadDataSource_Request,
): Promise<ReadDataSource_Response> {
  const diagnostics = new Diagnostics();
  const dataSource = context.dataSource(request.typeName);
  const type = typeWithTimeouts(dataSource.schema, DATA_SOURCE_STEPS);
  const config = decodeObject(request.config, type);
  const timeouts = config[TIMEOUTS_BLOCK] ?? null;
  const state = await reportFailure(diagnostics, "read", dataSource, config, async () => {
    const values = await withTimeout("read", timeoutOf(timeouts, "read"), context.stopSignal, (signal) =>
      dataSource.read(context.operation(diagnostics, signal), config),
    );
    return encodeObject({ ...values, [TIMEOUTS_BLOCK]: timeouts }, type);
  });
  return { state, diagnostics: wireDiagnostics(diagnostics) };
}
