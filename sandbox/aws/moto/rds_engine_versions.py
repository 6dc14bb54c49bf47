"""The versions of Aurora PostgreSQL and RDS for PostgreSQL."""

from typing import Any, Dict, List, Optional

from moto.core.responses import ActionResult
from moto.rds.exceptions import RDSClientError
from moto.rds.responses import RDSResponse
from patching import add

# The minor version that a major stands for. Any other minor is taken as existing: behind it runs the sandbox's own.
DEFAULT_VERSIONS: Dict[str, Dict[str, str]] = {
    "aurora-postgresql": {
        "10": "10.21",
        "11": "11.21",
        "12": "12.22",
        "13": "13.20",
        "14": "14.17",
        "15": "15.12",
        "16": "16.8",
        "17": "17.4",
        "18": "18.1",
    },
    "postgres": {
        "10": "10.23",
        "11": "11.22",
        "12": "12.22",
        "13": "13.20",
        "14": "14.17",
        "15": "15.12",
        "16": "16.8",
        "17": "17.4",
        "18": "18.1",
    },
}
DEFAULT_MAJOR = "17"


def full_version(engine: str, version: Optional[str]) -> str:
    """The version that a request means: moto's own defaults have been out of service for years, and it keeps a bare
    major as it is, which RDS never answers."""
    if engine not in DEFAULT_VERSIONS:
        raise RDSClientError(
            "InvalidParameterValue",
            f"The sandbox has servers for {' and '.join(DEFAULT_VERSIONS)}, not for {engine}.",
        )
    versions = DEFAULT_VERSIONS[engine]
    version = version or DEFAULT_MAJOR
    if version.split(".")[0] not in versions:
        raise RDSClientError("InvalidParameterCombination", f"Cannot find version {version} for {engine}")
    return versions.get(version, version)


def family_of(engine: str, version: str) -> str:
    """The parameter group family, e.g. aurora-postgresql16."""
    return engine + version.split(".")[0]


@add(RDSResponse)
def describe_db_engine_versions(self: Any) -> ActionResult:
    """Lacking in moto: the data source aws_rds_engine_version asks for nothing else."""
    engine, version = self.params.get("Engine"), self.params.get("EngineVersion")
    family = self.params.get("DBParameterGroupFamily")
    found: List[Dict[str, Any]] = []
    for name, defaults in DEFAULT_VERSIONS.items():
        if engine not in (None, name):
            continue
        if version is not None:
            versions = [full_version(name, version)] if version.split(".")[0] in defaults else []
        elif self.params.get("DefaultOnly"):
            versions = [defaults[DEFAULT_MAJOR]]
        else:
            versions = list(defaults.values())
        found += [
            {
                "Engine": name,
                "EngineVersion": each,
                "MajorEngineVersion": each.split(".")[0],
                "DBParameterGroupFamily": family_of(name, each),
                "DBEngineDescription": name,
                "DBEngineVersionDescription": f"{name} {each}",
                "Status": "available",
            }
            for each in versions
            if family in (None, family_of(name, each))
        ]
    return ActionResult({"DBEngineVersions": found})
