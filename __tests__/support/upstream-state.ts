import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROVIDER_ADDRESS } from "../../facts/provider-address";
import type { Terraform } from "./terraform";

/** Puts a resource into an empty working directory's state, as cyrilgdn/postgresql leaves it there. */
export async function writeUpstreamState(
  terraform: Terraform,
  address: string,
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [type, name] = address.split(".");
  const provider = `provider["${PROVIDER_ADDRESS}"]`;
  const state = {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "f6a4ff1c-6b5b-4b1d-9d6b-0f3f3f0b7a55",
    outputs: {},
    resources: [{ mode: "managed", type, name, provider, instances: [{ schema_version: 0, attributes }] }],
  };
  await writeFile(join(terraform.directory, "terraform.tfstate"), JSON.stringify(state));
}
