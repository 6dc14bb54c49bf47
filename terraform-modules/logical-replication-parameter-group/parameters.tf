# The modules aurora-publisher and logical-replication-parameter-group have the same copy of this file, so that you can
# copy each folder on its own.

locals {
  # A consumer uses one slot, and one more for each table that it copies at the same time. Until PostgreSQL 18, the
  # number of slots is also the maximum number of replication origins, of which a subscriber needs as many.
  slots_per_consumer = 1 + var.tables_synced_at_once
  replication_slots = max(
    # RDS's default.
    20,
    max(
      var.subscribers * local.slots_per_consumer + var.dms_tasks,
      var.subscriptions * local.slots_per_consumer,
    ) + var.spare,
  )

  # A subscription uses a worker to apply changes, one for each table that it copies, and, from PostgreSQL 16 on, two
  # (max_parallel_apply_workers_per_subscription) for large transactions.
  workers_per_subscription = 1 + var.tables_synced_at_once + 2
  replication_workers = max(
    # PostgreSQL's default.
    4,
    var.subscriptions * local.workers_per_subscription + var.spare,
  )

  static_replication_parameters = {
    "rds.logical_replication"         = "1"
    "max_replication_slots"           = tostring(local.replication_slots)
    "max_wal_senders"                 = tostring(local.replication_slots + var.spare)
    "max_logical_replication_workers" = tostring(local.replication_workers)
    # RDS's default, or the sum of all workers: autovacuum has 3, parallel queries have 8.
    "max_worker_processes" = "GREATEST({DBInstanceVCPU*2},${local.replication_workers + 3 + 8})"
  }

  replication_parameters = merge(
    {
      for name, value in local.static_replication_parameters :
      name => { value = value, apply_method = "pending-reboot" }
    },
    # Omitted at PostgreSQL's default, 2: RDS does not store the apply method of a default value, so Terraform would
    # plan to set it in every run.
    {
      for name in ["max_sync_workers_per_subscription"] :
      name => { value = tostring(var.tables_synced_at_once), apply_method = "immediate" }
      if var.tables_synced_at_once != 2
    },
    {
      for name, parameter in var.parameters : lower(name) => {
        value = parameter.value
        apply_method = coalesce(
          parameter.apply_method,
          lower(name) == "max_sync_workers_per_subscription" ? "immediate" : "pending-reboot",
        )
      }
    },
  )

  static_parameters = {
    for name, parameter in local.replication_parameters :
    name => parameter.value if parameter.apply_method == "pending-reboot"
  }
}
