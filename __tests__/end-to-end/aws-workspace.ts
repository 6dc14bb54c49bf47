import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AwsSandbox, startAwsSandbox } from "../../sandbox/aws/aws-sandbox";
import { awsProviderObstacle, findAwsProvider, offerAwsProvider } from "../support/aws-provider";
import { type CdktfWorkspace, createCdktfWorkspace } from "./cdktf-workspace";

const undo: (() => Promise<unknown>)[] = [];

afterAll(() => Promise.all(undo.splice(0).map((step) => step())));

export type Outputs = Readonly<Record<string, unknown>>;

/** An AWS account, and a checkout whose stacks are in it. */
export interface AwsWorkspace {
  readonly aws: AwsSandbox;
  readonly workspace: CdktfWorkspace;
  /** Deploys a stack of the program in `main.ts`. @returns its outputs. */
  readonly deploy: (stack: string) => Promise<Outputs>;
}

/** Makes an account and a checkout of its own, which are gone after the last test of the file. */
export async function createAwsWorkspace(): Promise<AwsWorkspace> {
  const provider = findAwsProvider();
  if (provider === undefined) {
    throw new Error(awsProviderObstacle());
  }
  const aws = await startAwsSandbox();
  undo.push(() => aws.stop());
  const plugins = await mkdtemp(join(tmpdir(), "plugins-"));
  undo.push(() => rm(plugins, { recursive: true }));
  const workspace = await createCdktfWorkspace(
    {},
    {
      ...aws.environment,
      ...offerAwsProvider(provider, plugins),
      // It logs the bodies of answers, those of Secrets Manager too.
      TF_LOG_PROVIDER_AWS: "OFF",
    },
  );
  return {
    aws,
    workspace,
    deploy: async (stack) => {
      const file = join(workspace.directory, "outputs.json");
      await workspace.cdktf("deploy", stack, "--auto-approve", "--outputs-file", file);
      const outputs = JSON.parse(await readFile(file, "utf8")) as Readonly<Record<string, Outputs>>;
      return outputs[stack] ?? {};
    },
  };
}
