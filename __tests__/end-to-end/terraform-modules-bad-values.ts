/** A call of a module with one invalid value, and the beginning of the error message. */
export interface BadValue {
  readonly module: string;
  readonly values: string;
  readonly message: string;
}

type Values = Readonly<Record<string, string>>;

/** Valid values of the required variables. */
const good: Readonly<Record<string, Values>> = {
  "logical-replication-parameter-group": { engine: '"postgres"', engine_version: '"16.4"' },
  "aurora-publisher": {
    name: '"shop"',
    engine_version: '"16.4"',
    vpc_id: '"vpc-1"',
    subnet_ids: '["subnet-1", "subnet-2"]',
  },
  "replication-access": { security_group_id: '"sg-1"', peers: "{}" },
  "native-replication": {
    name: '"shop"',
    publisher_host: '"localhost"',
    tables: '["public.orders"]',
    password: '"secret"',
  },
  "dms-migration": {
    name: '"shop"',
    vpc_id: '"vpc-1"',
    subnet_ids: '["subnet-1", "subnet-2"]',
    publisher: server({ security_group_id: '"sg-1"' }),
    subscriber: server({ security_group_id: '"sg-2"' }),
    table_mappings: mappings('[{ rule_action = "include", schema_name = "public", table_name = "%" }]'),
  },
};

const group = "logical-replication-parameter-group";
const publisher = "aurora-publisher";
const access = "replication-access";
const native = "native-replication";
const migration = "dms-migration";
const include = '{ rule_action = "include", schema_name = "public", table_name = "%" }';
const selection = (rule: string) => mappings(`[${include}, ${rule}]`);
const transformation = (rule: string) => mappings(`[${include}]`, `[${rule}]`);

export const badValues: readonly BadValue[] = [
  bad(group, "engine", '"mysql"', 'engine must be "aurora-postgresql" or "postgres".'),
  bad(group, "engine_version", '"10.3"', "engine_version must be 10.4 or later"),
  bad(group, "engine_version", '"latest"', "engine_version must be a version"),
  bad(group, "name_prefix", '"Big"', "name_prefix must consist of lower case letters"),
  bad(group, "subscribers", "-1", "subscribers must be a whole number of at least 0."),
  bad(group, "tables_synced_at_once", "0", "tables_synced_at_once must be a whole number of at least 1."),
  bad(group, "spare", "1.5", "spare must be a whole number of at least 0."),
  bad(
    group,
    "parameters",
    '{ x = { value = "1", apply_method = "now" } }',
    "parameters: apply_method must be",
  ),
  bad(
    group,
    "parameters",
    '{ MAX_WAL_SENDERS = { value = "9", apply_method = "immediate" } }',
    "parameters: rds.logical_replication, max_replication_slots",
  ),
  bad(
    group,
    "parameters",
    '{ "rds.logical_replication" = { value = "0" } }',
    'parameters: rds.logical_replication must be "1"',
  ),
  bad(
    group,
    "parameters",
    '{ a = { value = "0" }, A = { value = "1" } }',
    "parameters: each name must be unique",
  ),
  bad(publisher, "name", '"Shop"', "name must consist of at most 50 lower case letters"),
  bad(publisher, "engine_version", '"10.5"', "engine_version must be 10.6 or later"),
  bad(publisher, "subnet_ids", '["subnet-1", "subnet-1"]', "subnet_ids must contain at least two subnets"),
  bad(publisher, "port", "0", "port must be a whole number from 1 to 65535."),
  bad(publisher, "readers", "16", "readers must be a whole number from 0 to 15."),
  bad(publisher, "backup_retention_period", "0", "backup_retention_period must be a whole number of days"),
  bad(
    publisher,
    "instance_class",
    '"db.serverless"',
    "serverlessv2_scaling_configuration is required for the instance_class",
  ),
  bad(access, "peers", "{ p = {} }", "peers: each peer must have exactly one of"),
  bad(
    access,
    "peers",
    '{ p = { cidr_ipv4 = "10.0.0.0/8", security_group_id = "sg-1" } }',
    "peers: each peer must have exactly one of",
  ),
  bad(access, "peers", '{ p = { cidr_ipv4 = "10.0.0.1/8" } }', "peers: cidr_ipv4 must be an IPv4 CIDR block"),
  bad(
    access,
    "peers",
    '{ p = { cidr_ipv4 = "2001:db8::/32" } }',
    "peers: cidr_ipv4 must be an IPv4 CIDR block",
  ),
  bad(
    access,
    "peers",
    '{ p = { cidr_ipv6 = "2001:DB8::/32" } }',
    "peers: cidr_ipv6 must be an IPv6 CIDR block",
  ),
  bad(
    access,
    "peers",
    '{ p = { cidr_ipv4 = "0.0.0.0/0" } }',
    "peers: 0.0.0.0/0 and ::/0 allow the entire internet.",
  ),
  bad(
    access,
    "peers",
    '{ p = { cidr_ipv6 = "::/0" } }',
    "peers: 0.0.0.0/0 and ::/0 allow the entire internet.",
  ),
  bad(
    access,
    "peers",
    '{ p = { cidr_ipv4 = "10.0.0.0/8", egress = true } }',
    "peers: egress requires security_group_id",
  ),
  bad(native, "name", '"with-hyphen"', "name must consist of 1 to 63 lower case letters"),
  bad(native, "tables", '["orders"]', "tables must contain names with their schema"),
  bad(native, "sslmode", '"on"', "sslmode must be one of disable, allow"),
  bad(native, "initial_sync_timeout", '"soon"', "initial_sync_timeout must be a duration"),
  bad(
    native,
    "publisher_host",
    '"shop.cluster-ro-abc.eu-central-1.rds.amazonaws.com"',
    "publisher_host must be the writer endpoint",
  ),
  bad(native, "publisher_port", "70000", "publisher_port must be a whole number from 1 to 65535."),
  bad(migration, "name", '"with_underscore"', "name must consist of 2 to 39 lower case letters"),
  bad(migration, "publisher", server({ engine: '"mysql"' }), "publisher: engine must be"),
  bad(
    migration,
    "publisher",
    server({ engine: '"postgres"', engine_version: '"10.20"' }),
    "publisher: engine_version must be 10.6 or later",
  ),
  bad(migration, "publisher", server({ engine_version: '"10.5"' }), "publisher: engine_version must be 10.6"),
  bad(
    migration,
    "publisher",
    server({ engine_version: '"new"' }),
    "publisher: engine_version must be a version",
  ),
  bad(
    migration,
    "subscriber",
    server({ engine_version: '"10.4"', security_group_id: '"sg-2"' }),
    "subscriber: engine_version must be a version",
  ),
  bad(
    migration,
    "subscriber",
    server({}),
    "subscriber: security_group_id and port are the same as the publisher's",
  ),
  bad(migration, "subnet_ids", "[]", "subnet_ids must contain at least two subnets"),
  bad(migration, "migration_type", '"full-load"', 'migration_type must be "full-load-and-cdc" or "cdc".'),
  bad(migration, "cdc_start_position", '"0/1"', "cdc_start_position requires migration_type"),
  bad(migration, "allocated_storage", "4", "allocated_storage must be a whole number of GB"),
  bad(migration, "password_version", "0", "password_version must be a whole number"),
  bad(migration, "replication_engine_version", '"3.5.4"', "replication_engine_version must be a version"),
  bad(
    migration,
    "task_settings",
    "{ Loading = {} }",
    "task_settings must contain groups of DMS's task settings",
  ),
  bad(
    migration,
    "task_settings",
    "{ FullLoadSettings = { Speed = 1 } }",
    "task_settings must contain groups of DMS's task settings",
  ),
  bad(
    migration,
    "task_settings",
    '{ FullLoadSettings = { MaxFullLoadSubTasks = "8" } }',
    "task_settings: each value must have the type of DMS's setting",
  ),
  bad(
    migration,
    "task_settings",
    "{ TargetMetadata = { ParallelApplyThreads = 2 } }",
    "task_settings: TargetMetadata must not contain settings that start with",
  ),
  bad(
    migration,
    "table_mappings",
    mappings("[]"),
    "table_mappings.selection must contain a rule that includes",
  ),
  bad(
    migration,
    "table_mappings",
    selection('{ rule_action = "take", schema_name = "public", table_name = "a" }'),
    "table_mappings.selection: rule_action must be",
  ),
  bad(
    migration,
    "table_mappings",
    selection('{ rule_action = "include", schema_name = "public", table_name = "a[b]" }'),
    "table_mappings: schema_name and table_name must be names without brackets",
  ),
  bad(
    migration,
    "table_mappings",
    selection('{ rule_action = "include", schema_name = "p%", table_name = "a" }'),
    "table_mappings.selection: rules that include tables must have a schema_name without",
  ),
  bad(
    migration,
    "table_mappings",
    selection('{ rule_action = "explicit", schema_name = "public", table_name = "a%" }'),
    "table_mappings.selection: explicit rules",
  ),
  bad(
    migration,
    "table_mappings",
    selection('{ rule_action = "include", schema_name = "awsdms", table_name = "a" }'),
    'table_mappings.selection must not include the schema "awsdms"',
  ),
  bad(
    migration,
    "table_mappings",
    selection('{ rule_action = "include", schema_name = "public", table_name = "a", table_type = "index" }'),
    "table_mappings.selection: table_type must be",
  ),
  bad(
    migration,
    "table_mappings",
    selection('{ rule_action = "include", schema_name = "public", table_name = "a", load_order = 0 }'),
    "table_mappings.selection: load_order must be",
  ),
  bad(
    migration,
    "table_mappings",
    selection(
      '{ rule_action = "include", schema_name = "public", table_name = "a", filters = [{ column_name = "b", column_type = "text", conditions = [{ operator = "null" }] }] }',
    ),
    "table_mappings.selection: filters must be on a column of one of these types",
  ),
  bad(
    migration,
    "table_mappings",
    selection(
      '{ rule_action = "include", schema_name = "public", table_name = "a", filters = [{ column_name = "b", column_type = "date", conditions = [{ operator = "between", value = "1" }] }] }',
    ),
    "table_mappings.selection: filters must have at least one condition",
  ),
  bad(
    migration,
    "table_mappings",
    transformation('{ rule_target = "schema", rule_action = "remove-column", schema_name = "public" }'),
    "table_mappings.transformation: rule_target must be",
  ),
  bad(
    migration,
    "table_mappings",
    transformation(
      '{ rule_target = "table", rule_action = "rename", schema_name = "public", table_name = "a" }',
    ),
    "table_mappings.transformation: each rule must have exactly the attributes",
  ),
  bad(
    migration,
    "table_mappings",
    transformation(
      '{ rule_target = "table", rule_action = "convert-lowercase", schema_name = "public", table_name = "a" }, { rule_target = "table", rule_action = "rename", schema_name = "public", table_name = "a", value = "b" }',
    ),
    "table_mappings.transformation must not contain two rules that do the same",
  ),
  bad(
    migration,
    "table_mappings",
    selection(include),
    "table_mappings.selection must not contain the same rule twice",
  ),
  bad(
    migration,
    "table_mappings",
    transformation(
      '{ name = "a", rule_target = "table", rule_action = "convert-lowercase", schema_name = "public", table_name = "a" }, { name = "a", rule_target = "table", rule_action = "convert-lowercase", schema_name = "public", table_name = "b" }',
    ),
    "table_mappings: the name of each rule must be unique.",
  ),
];

function bad(module: string, variable: string, value: string, message: string): BadValue {
  const values = Object.entries({ ...good[module], [variable]: value });
  return { module, values: values.map(([name, text]) => `  ${name} = ${text}`).join("\n"), message };
}

function server(given: Values): string {
  const all = {
    engine: '"aurora-postgresql"',
    engine_version: '"16.4"',
    host: '"localhost"',
    database: '"shop"',
    security_group_id: '"sg-1"',
    ...given,
  };
  return `{ ${Object.entries(all)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ")} }`;
}

function mappings(selection: string, transformation = "[]"): string {
  return `{ selection = ${selection}, transformation = ${transformation} }`;
}
