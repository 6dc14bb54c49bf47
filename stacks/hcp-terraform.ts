import { CloudBackend, NamedCloudWorkspace, TaggedCloudWorkspaces, type TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { defined } from "../modules/defined";

/** Organization and project in HCP Terraform or Terraform Enterprise. */
export interface CloudOrganizationProps {
  /** Name of the organization. */
  readonly organization: string;
  /**
   * Project for new workspaces.
   *
   * @default - the default project of the organization
   */
  readonly project?: string;
  /**
   * Host of Terraform Enterprise.
   *
   * @default "app.terraform.io"
   */
  readonly hostname?: string;
}

/** The workspace of a stack, or the tags of its workspaces. */
export type CloudWorkspaceProps =
  | {
      /** Name of the workspace. Every stack must have its own. */
      readonly workspace: string;
      /** Must be omitted with `workspace`. */
      readonly tags?: never;
    }
  | {
      /** Tags of the workspaces that the stack can be deployed to. */
      readonly tags: string[];
      /** Must be omitted with `tags`. */
      readonly workspace?: never;
    };

/**
 * Where HCP Terraform or Terraform Enterprise runs a stack and stores its state.
 *
 * @see https://developer.hashicorp.com/terraform/cli/cloud/settings
 */
export type CloudProps = CloudOrganizationProps & CloudWorkspaceProps;

/** Properties that all stacks have in common. */
export interface CloudStackProps {
  /**
   * Workspace in HCP Terraform for the runs and the state of the stack.
   *
   * @default - from the environment variables TF_CLOUD_ORGANIZATION, TF_WORKSPACE and TF_CLOUD_HOSTNAME; without
   * TF_CLOUD_ORGANIZATION, Terraform runs locally
   */
  readonly cloud?: CloudProps;
}

/** For each app, the ID of the stack that owns a workspace, by the address of the workspace. */
const WORKSPACE_OWNERS = new WeakMap<IConstruct, Map<string, string>>();

/**
 * Adds a `cloud` block to a stack, if the properties or the environment ask for it.
 *
 * @throws Error if the workspace is missing, or another stack of the app owns it.
 */
export function addCloudBlock(stack: TerraformStack, cloud = cloudFromEnvironment()): void {
  if (cloud === undefined) return;
  const { organization, workspace, tags, project, hostname } = cloud;
  requireNotEmpty("cloud.organization", organization);
  if ((workspace === undefined) === (tags === undefined)) {
    throw new Error(
      `cloud must have exactly one of workspace and tags. Got ${workspace === undefined ? "neither" : "both"}.`,
    );
  }
  if (tags !== undefined && !Token.isUnresolved(tags) && tags.length === 0) {
    throw new Error("cloud.tags must contain at least one tag. Got none.");
  }
  requireUnsharedWorkspace(stack, cloud);
  new CloudBackend(stack, {
    organization,
    workspaces:
      tags === undefined
        ? new NamedCloudWorkspace(workspace, project)
        : new TaggedCloudWorkspaces(tags, project),
    ...defined({ hostname }),
  });
}

/**
 * The settings that Terraform itself reads from the environment for an empty `cloud` block.
 *
 * @see https://developer.hashicorp.com/terraform/cli/cloud/settings
 */
function cloudFromEnvironment(): CloudProps | undefined {
  const { TF_CLOUD_ORGANIZATION: organization, TF_WORKSPACE: workspace } = process.env;
  const { TF_CLOUD_HOSTNAME: hostname } = process.env;
  if (!organization) return undefined;
  if (!workspace) {
    throw new Error(
      `TF_WORKSPACE is required with TF_CLOUD_ORGANIZATION, which is ${JSON.stringify(organization)}. Set it to the name of the workspace, or set the property cloud of the stack. Got none.`,
    );
  }
  return { organization, workspace, ...(hostname ? { hostname } : {}) };
}

function requireNotEmpty(property: string, value: string): void {
  if (Token.isUnresolved(value) || value !== "") return;
  throw new Error(`${property} must not be empty. Got "".`);
}

/** Two stacks in one workspace would each plan to destroy the resources of the other. */
function requireUnsharedWorkspace(
  stack: TerraformStack,
  { organization, workspace, hostname }: CloudProps,
): void {
  if (workspace === undefined) return;
  requireNotEmpty("cloud.workspace", workspace);
  const { root } = stack.node;
  const ofApp = WORKSPACE_OWNERS.get(root) ?? new Map<string, string>();
  WORKSPACE_OWNERS.set(root, ofApp);
  const address = [hostname ?? "app.terraform.io", organization, workspace].join("/");
  const owner = ofApp.get(address);
  if (owner !== undefined) {
    throw new Error(
      `The stacks ${owner} and ${stack.node.id} have the same workspace, ${address}: each would plan to destroy the resources of the other. Set the property cloud of each stack to its own workspace.`,
    );
  }
  ofApp.set(address, stack.node.id);
}
