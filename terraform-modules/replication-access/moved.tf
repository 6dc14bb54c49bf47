# Former addresses: this module used to be generated, with a hash in each resource name.

moved {
  from = aws_vpc_security_group_ingress_rule.inbound_peer_34E5F884
  to   = aws_vpc_security_group_ingress_rule.this
}

moved {
  from = aws_vpc_security_group_egress_rule.outbound_peer_7DB42C44
  to   = aws_vpc_security_group_egress_rule.this
}
