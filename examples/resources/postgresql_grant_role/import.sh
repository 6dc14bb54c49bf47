# The member and the role that it is a member of, as JSON.
terraform import postgresql_grant_role.anna_reporting '{"role": "anna", "grant_role": "reporting"}'
