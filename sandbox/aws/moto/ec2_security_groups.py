"""The rules of security groups."""

from typing import Any

from moto.ec2.exceptions import InvalidPermissionNotFoundError, InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from patching import add, patch


@patch(SecurityGroupRule)
def __init__(former: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    former(self, *args, **kwargs)
    peers = (argument for argument in args if isinstance(argument, dict))
    self.described = next((peer["Description"] for peer in peers if "Description" in peer), None)


@add(SecurityGroupRule)
@property
def description(self: Any) -> Any:
    """moto knows that of a CIDR's rule only: Terraform plans to describe a rule for a group for ever."""
    return self.described


@patch(SecurityGroupBackend)
def modify_security_group_rules(former: Any, self: Any, group_id: str, rules: Any) -> None:
    """moto modifies the ports and the CIDR, not the group or prefix list; and a description becomes a CIDR's, which
    makes a rule of another kind one for a CIDR as well."""
    former(self, group_id, {id: {k: v for k, v in rule.items() if k != "Description"} for id, rule in rules.items()})
    for rule_id, wanted in rules.items():
        rule = self.get_security_group_by_name_or_id(group_id).get_rule(rule_id)
        rule.described = wanted.get("Description")
        if "ReferencedGroupId" in wanted:
            rule.source_group["GroupId"] = wanted["ReferencedGroupId"]
        if "PrefixListId" in wanted:
            rule.prefix_list_id = wanted["PrefixListId"]


def revoke(former: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    """EC2 has an error of its own for the ID of a rule that does not exist. The AWS provider ignores it: a revocation
    whose answer is lost is sent again."""
    try:
        former(self, *args, **kwargs)
    except InvalidPermissionNotFoundError:
        if kwargs.get("security_rule_ids"):
            raise InvalidSecurityGroupRuleIdNotFoundError(kwargs["security_rule_ids"][0]) from None
        raise


@patch(SecurityGroupBackend)
def revoke_security_group_ingress(former: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    revoke(former, self, *args, **kwargs)


@patch(SecurityGroupBackend)
def revoke_security_group_egress(former: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    revoke(former, self, *args, **kwargs)
