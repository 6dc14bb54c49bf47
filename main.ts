import { App } from "cdktf";
import { LocalReplicationStack } from "./stacks/local-replication";

const app = new App();
new LocalReplicationStack(app, "local");
app.synth();
