import { CloudBackend, NamedCloudWorkspace, TaggedCloudWorkspaces, type TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";

/** Where in HCP Terraform (Terraform Cloud) or Terraform Enterprise a stack's runs and state are. */
export type CloudProps = {
  /** The organization's name. */
  readonly organization: string;
  /**
   * The project that a new workspace is made in.
   *
   * @default - the organization's default project
   */
  readonly project?: string;
  /**
   * The host of Terraform Enterprise.
   *
   * @default "app.terraform.io"
   */
  readonly hostname?: string;
} & (
  | {
      /** The workspace's name. No other stack may have it. */
      readonly workspace: string;
      readonly tags?: never;
    }
  | {
      /** The tags of the workspaces that the stack may be deployed to. */
      readonly tags: string[];
      readonly workspace?: never;
    }
);

/** What every stack takes. */
export interface CloudStackProps {
  /**
   * Runs and state in HCP Terraform.
   *
   * @default - of the environment's TF_CLOUD_ORGANIZATION, TF_WORKSPACE and TF_CLOUD_HOSTNAME; on this machine without
   * TF_CLOUD_ORGANIZATION
   */
  readonly cloud?: CloudProps;
}

/** The stack that has a workspace, by the workspace's address; for each app. */
const owners = new WeakMap<IConstruct, Map<string, string>>();

/**
 * Puts a stack's runs and state into HCP Terraform, when it is to be there.
 *
 * @throws Error when it is not said in which workspaces, or another stack of the app has the workspace already.
 */
export function runInCloud(stack: TerraformStack, cloud = cloudOfEnvironment()): void {
  if (cloud === undefined) return;
  const { organization, workspace, tags, project, hostname } = cloud;
  requireText("cloud.organization", organization);
  if ((workspace === undefined) === (tags === undefined)) {
    throw new Error(
      `cloud must have either workspace or tags. Got ${workspace === undefined ? "neither" : "both"}.`,
    );
  }
  if (tags !== undefined && !Token.isUnresolved(tags) && tags.length === 0) {
    throw new Error("cloud.tags must have at least one tag. Got none.");
  }
  requireOwnWorkspace(stack, cloud);
  new CloudBackend(stack, {
    organization,
    workspaces:
      tags === undefined
        ? new NamedCloudWorkspace(workspace, project)
        : new TaggedCloudWorkspaces(tags, project),
    ...(hostname !== undefined && { hostname }),
  });
}

/** What Terraform itself would take from the environment for an empty `cloud` block. */
function cloudOfEnvironment(): CloudProps | undefined {
  const { TF_CLOUD_ORGANIZATION: organization, TF_WORKSPACE: workspace } = process.env;
  const { TF_CLOUD_HOSTNAME: hostname } = process.env;
  if (!organization) return undefined;
  if (!workspace) {
    throw new Error(
      `TF_CLOUD_ORGANIZATION is set to ${JSON.stringify(organization)}, and TF_WORKSPACE is not: set it to the workspace's name, or give the stack the property cloud.`,
    );
  }
  return { organization, workspace, ...(hostname ? { hostname } : {}) };
}

function requireText(property: string, value: string): void {
  if (Token.isUnresolved(value) || value !== "") return;
  throw new Error(`${property} must not be empty.`);
}

/** Two stacks in one workspace would each plan to destroy what the other one made. */
function requireOwnWorkspace(stack: TerraformStack, { organization, workspace, hostname }: CloudProps): void {
  if (workspace === undefined) return;
  requireText("cloud.workspace", workspace);
  const { root } = stack.node;
  const ofApp = owners.get(root) ?? new Map<string, string>();
  owners.set(root, ofApp);
  const address = [hostname ?? "app.terraform.io", organization, workspace].join("/");
  const owner = ofApp.get(address);
  if (owner !== undefined) {
    throw new Error(
      `The stacks ${owner} and ${stack.node.id} have the same workspace, ${address}: each would plan to destroy what the other one made. Give each its own by its property cloud.`,
    );
  }
  ofApp.set(address, stack.node.id);
}
