import { App } from "cdktf";
import { LocalReplicationStack } from "./stacks/local-replication";
import { NativeReplicationStack } from "./stacks/native-replication";

const app = new App();
new LocalReplicationStack(app, "local");
new NativeReplicationStack(app, "native", {
  publisher: { kind: "new-cluster", engineVersion: "17" },
  subscriber: { kind: "new-instance", engineVersion: "17" },
});
app.synth();
