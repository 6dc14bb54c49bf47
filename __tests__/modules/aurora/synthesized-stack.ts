import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Testing } from "cdktf";

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** What a stack in AWS becomes. */
export interface SynthesizedStack {
  readonly resource: Blocks;
  readonly data?: Blocks;
  readonly ephemeral?: Blocks;
  readonly check?: Readonly<Record<string, { readonly assert: Readonly<Record<string, string>> }>>;
  readonly locals?: Readonly<Record<string, unknown>>;
}

export function synthesizedStack(define: (stack: TerraformStack) => void): SynthesizedStack {
  const stack = new TerraformStack(Testing.app(), "stack");
  new AwsProvider(stack, "aws", { region: "eu-central-1" });
  define(stack);
  return JSON.parse(Testing.synth(stack, true)) as SynthesizedStack;
}

/** The blocks of a type, in the order of their IDs. */
export function all(blocks: Blocks | undefined, type: string): Readonly<Record<string, unknown>>[] {
  return Object.values(blocks?.[type] ?? {});
}

/** The only block of a type. */
export function only(blocks: Blocks | undefined, type: string): Readonly<Record<string, unknown>> {
  const [block, ...others] = all(blocks, type);
  if (block === undefined || others.length > 0) {
    throw new Error(`not one ${type}`);
  }
  return block;
}

/** What a block is checked for: its preconditions, or its postconditions. */
export function conditions(
  block: Readonly<Record<string, unknown>>,
  kind: "precondition" | "postcondition",
): readonly { readonly condition: string; readonly error_message: string }[] {
  const { lifecycle = {} } = block as { lifecycle?: Record<string, ReturnType<typeof conditions>> };
  return lifecycle[kind] ?? [];
}

/** A pattern that a text in an expectation has to match. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
