/**
 * The provider in a process that outlives Terraform's: Terraform is told of it by TF_REATTACH_PROVIDERS, which this prints,
 * and starts no process of its own, which is most of what a run costs. What Terraform takes for a provider of its own is a
 * connection, and gets an instance of its own. It ends with its standard input.
 */
import { ServerCredentials } from "@grpc/grpc-js";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { PROVIDER_ADDRESS as source } from "../../facts/provider-address";
import { createProviderServer } from "../../provider/framework/provider-server";
import { pluginServer } from "../../provider/plugin/server";
import { postgresqlProvider } from "../../provider/provider";

function serve(connection: Socket): void {
  const provider = createProviderServer(postgresqlProvider);
  const server = pluginServer(provider.calls, () => provider.close());
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(connection);
  connection.on("close", () => {
    server.forceShutdown();
    void provider.close();
  });
}

async function main(): Promise<void> {
  const listener = createServer(serve).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { address, port } = listener.address() as AddressInfo;
  const reattach = {
    Protocol: "grpc",
    ProtocolVersion: 6,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "tcp", String: `${address}:${port}` },
  };
  console.log(JSON.stringify({ [source]: reattach }));
  process.stdin.on("end", () => process.exit(0)).resume();
}

void main();
