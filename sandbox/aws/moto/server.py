"""The AWS API of the sandbox: moto, with its gaps closed where Terraform's AWS provider or our own code meets them.

    python3 server.py PORT

Prints "READY PORT" when it listens on 127.0.0.1 (PORT 0: a free one), and ends when its standard input does, so that
it never outlives the program that started it.
"""

import os
import sys
import threading

# The policies that AWS manages, such as those for DMS' and monitoring's roles, exist only when asked for.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

# Each closes gaps by being imported. Those of another service go into a module of their own here.
import dms_certificates  # noqa: E402, F401
import dms_connections  # noqa: E402, F401
import dms_endpoints  # noqa: E402, F401
import dms_event_subscriptions  # noqa: E402, F401
import dms_instances  # noqa: E402, F401
import dms_responses  # noqa: E402, F401
import dms_subnet_groups  # noqa: E402, F401
import dms_tasks  # noqa: E402, F401
import ec2_security_groups  # noqa: E402, F401
import fail_fast  # noqa: E402, F401
import rds_clusters  # noqa: E402, F401
import rds_engine_versions  # noqa: E402, F401
import rds_fields  # noqa: E402, F401
import rds_instances  # noqa: E402, F401
import rds_parameter_groups  # noqa: E402, F401
import rds_passwords  # noqa: E402, F401
import rds_snapshots  # noqa: E402, F401
import rds_subnet_groups  # noqa: E402, F401
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402


def main() -> None:
    port = int(sys.argv[1])
    application = DomainDispatcherApplication(create_backend_app)
    try:
        server = make_server("127.0.0.1", port, application, threaded=True)
    except (OSError, SystemExit):
        sys.exit(f"Port {port} on 127.0.0.1 is taken: choose another port, or leave it out to get one that is free.")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"READY {server.server_port}", flush=True)
    sys.stdin.read()
    # At once, whatever requests are still being answered: whoever asked is gone.
    os._exit(0)


if __name__ == "__main__":
    main()
