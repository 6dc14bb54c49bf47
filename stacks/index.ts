export { AwsStack, type AwsStackProps, type DatabaseEndpoint, type Output } from "./aws-stack";
export * from "./dms-migration";
export type {
  CloudOrganizationProps,
  CloudProps,
  CloudStackProps,
  CloudWorkspaceProps,
} from "./hcp-terraform";
export * from "./local-replication";
export * from "./native-replication";
