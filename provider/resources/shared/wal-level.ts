/** The remedy for a server without logical decoding. */
export const WAL_LEVEL_REMEDY =
  "Set wal_level = logical and restart the server (on Aurora and RDS: rds.logical_replication = 1 in the parameter group, and a reboot).";
