export type { Peer } from "./peer";
export { PostgresqlEgress, type PostgresqlEgressProps } from "./postgresql-egress";
export { PostgresqlIngress, type PostgresqlIngressProps } from "./postgresql-ingress";
export { PostgresqlRules, type PostgresqlRulesProps } from "./postgresql-rules";
