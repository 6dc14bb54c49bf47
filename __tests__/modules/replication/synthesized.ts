import { TerraformStack, Testing } from "cdktf";

/** The attributes of each resource of a stack by type. */
export type SynthesizedResources = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** The resources of a stack, in the order of their IDs. */
export function synthesizedResources(define: (stack: TerraformStack) => void): SynthesizedResources {
  const stack = new TerraformStack(Testing.app(), "stack");
  define(stack);
  const { resource } = JSON.parse(Testing.synth(stack, true)) as {
    readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  };
  return Object.fromEntries(
    Object.entries(resource).map(([type, instances]) => [type, Object.values(instances)]),
  );
}
