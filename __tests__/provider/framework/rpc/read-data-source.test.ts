import { ReadDataSource_Request } from "../../../../provider/plugin/generated/tfplugin6";
import {
  type Behaviour,
  configure,
  dataSourceType,
  decoded,
  encoded,
  fault,
  faultDiagnostic,
  serve,
  typeName,
} from "./thing";

const read = async (dataSource: NonNullable<Behaviour["dataSource"]>) => {
  const server = serve({ dataSource });
  await configure(server);
  const config = encoded({ name: "n", id: null, timeouts: { read: "1m" } }, dataSourceType);
  return server.calls.readDataSource(ReadDataSource_Request.fromPartial({ typeName, config }));
};

describe("ReadDataSource", () => {
  test("returns what the data source read, its id, and the time limits of the configuration", async () => {
    const { state, diagnostics } = await read({});
    expect(diagnostics).toEqual([]);
    expect(decoded(state, dataSourceType)).toEqual({ name: "n", id: "n", timeouts: { read: "1m" } });
  });

  test("reports an error", async () => {
    const { state, diagnostics } = await read({ read: fault });
    expect(diagnostics).toEqual([faultDiagnostic("Unable to read things", "The things n")]);
    expect(state).toBeUndefined();
  });
});
