/** The SQLSTATEs that are handled one by one. */
export const SQLSTATE = {
  /** A feature or option that this server does not have. */
  FEATURE_NOT_SUPPORTED: "0A000",
  /** The connection to the server could not be made (RDS Proxy, PgBouncer). */
  SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION: "08001",
  /** The publisher could not be reached, or refused, when a subscription was made or changed. */
  CONNECTION_FAILURE: "08006",
  /** A connection string or another parameter is out of its range, such as an unknown option in WITH (…). */
  INVALID_PARAMETER_VALUE: "22023",
  /** Text that is no date or time. */
  INVALID_DATETIME_FORMAT: "22007",
  /** A date or time that there is not, such as the 31st of February. */
  DATETIME_FIELD_OVERFLOW: "22008",
  /** A unique key, for instance of a catalog when two sessions create the same object at once. */
  UNIQUE_VIOLATION: "23505",
  /** The statement may not run in a transaction block: CREATE SUBSCRIPTION that makes a slot, CREATE DATABASE, … */
  ACTIVE_SQL_TRANSACTION: "25001",
  /** A write in a read-only transaction, or on a standby. */
  READ_ONLY_SQL_TRANSACTION: "25006",
  /** No line in pg_hba.conf lets this user in, the role may not log in, or it does not exist. */
  INVALID_AUTHORIZATION_SPECIFICATION: "28000",
  /** Wrong password. */
  INVALID_PASSWORD: "28P01",
  /** DROP of an object that others depend on. */
  DEPENDENT_OBJECTS_STILL_EXIST: "2BP01",
  /** The database does not exist. */
  INVALID_CATALOG_NAME: "3D000",
  /** The schema does not exist. */
  INVALID_SCHEMA_NAME: "3F000",
  /** Two transactions changed the same rows under REPEATABLE READ or SERIALIZABLE. */
  SERIALIZATION_FAILURE: "40001",
  /** Two transactions waited for each other, and this one was chosen to give way. */
  DEADLOCK_DETECTED: "40P01",
  SYNTAX_ERROR: "42601",
  /** The role lacks a privilege. */
  INSUFFICIENT_PRIVILEGE: "42501",
  /** A column of a table or of a column list does not exist. */
  UNDEFINED_COLUMN: "42703",
  /** A name that PostgreSQL keeps for itself, such as a role's that begins with pg_. */
  RESERVED_NAME: "42939",
  /** The role, publication, subscription, slot or other object does not exist. */
  UNDEFINED_OBJECT: "42704",
  /** The object exists already. */
  DUPLICATE_OBJECT: "42710",
  /** A locale that the operating system does not have; a statement on an object of another kind. */
  WRONG_OBJECT_TYPE: "42809",
  /** The table does not exist. */
  UNDEFINED_TABLE: "42P01",
  /** The database exists already. */
  DUPLICATE_DATABASE: "42P04",
  /** The function exists already. */
  DUPLICATE_FUNCTION: "42723",
  /** The schema exists already. */
  DUPLICATE_SCHEMA: "42P06",
  /** The table exists already. */
  DUPLICATE_TABLE: "42P07",
  /** Among others: the lock table is full, which max_locks_per_transaction sizes. */
  OUT_OF_MEMORY: "53200",
  /** max_replication_slots, max_wal_senders or max_worker_processes is used up. */
  CONFIGURATION_LIMIT_EXCEEDED: "53400",
  /** max_connections is used up. */
  TOO_MANY_CONNECTIONS: "53300",
  /** wal_level is too low, a subscription is still enabled, and the like. */
  OBJECT_NOT_IN_PREREQUISITE_STATE: "55000",
  /** A slot, a database or a role that somebody is using. */
  OBJECT_IN_USE: "55006",
  /** lock_timeout, or NOWAIT. */
  LOCK_NOT_AVAILABLE: "55P03",
  /** A statement was cancelled: by us, by an administrator, or by statement_timeout. */
  QUERY_CANCELED: "57014",
  /** The server is stopping, or an administrator ended the session. */
  ADMIN_SHUTDOWN: "57P01",
  /** A server process crashed, and all sessions were ended with it. */
  CRASH_SHUTDOWN: "57P02",
  /** The server is starting up, stopping, or recovering. */
  CANNOT_CONNECT_NOW: "57P03",
  /** The session was idle for longer than idle_session_timeout. */
  IDLE_SESSION_TIMEOUT: "57P05",
  /** A library, such as an output plugin, is not on the server's disk. */
  UNDEFINED_FILE: "58P01",
  /** Two sessions changed the same catalog row: "tuple concurrently updated". */
  INTERNAL_ERROR: "XX000",
} as const;
