variable "security_group_id" {
  description = "ID of the server's security group, to which the inbound rules are added."
  type        = string
  nullable    = false
}

variable "peers" {
  description = "Peers that may connect to the server, by stable keys: each rule is identified by its peer's key. Set exactly one of `security_group_id` (the servers in a security group), `cidr_ipv4` or `cidr_ipv6` (the addresses of a network), and `prefix_list_id` (the networks of a prefix list). `description` is the description of the rules. `egress` also creates the outbound rule in the peer's security group. Default of `egress`: false."
  type = map(object({
    security_group_id = optional(string)
    cidr_ipv4         = optional(string)
    cidr_ipv6         = optional(string)
    prefix_list_id    = optional(string)
    description       = optional(string)
    egress            = optional(bool, false)
  }))
  nullable = false

  validation {
    condition = alltrue([
      for peer in values(var.peers) : length([
        for kind in [peer.security_group_id, peer.cidr_ipv4, peer.cidr_ipv6, peer.prefix_list_id] : kind if kind != null
      ]) == 1
    ])
    error_message = "peers: each peer must have exactly one of security_group_id, cidr_ipv4, cidr_ipv6 and prefix_list_id."
  }

  validation {
    condition = alltrue([
      for peer in values(var.peers) :
      try(cidrsubnet(peer.cidr_ipv4, 0, 0) == peer.cidr_ipv4 && !strcontains(peer.cidr_ipv4, ":"), false)
      if peer.cidr_ipv4 != null
    ])
    error_message = "peers: cidr_ipv4 must be an IPv4 CIDR block whose host bits are zero, for example \"10.0.0.0/16\"."
  }

  validation {
    condition = alltrue([
      for peer in values(var.peers) :
      try(cidrsubnet(peer.cidr_ipv6, 0, 0) == peer.cidr_ipv6 && !strcontains(peer.cidr_ipv6, "."), false)
      if peer.cidr_ipv6 != null
    ])
    error_message = "peers: cidr_ipv6 must be an IPv6 CIDR block in canonical form whose host bits are zero, for example \"2001:db8::/32\"."
  }

  validation {
    condition = var.allow_from_anywhere || alltrue([
      for peer in values(var.peers) : !endswith(coalesce(peer.cidr_ipv4, peer.cidr_ipv6, "-"), "/0")
    ])
    error_message = "peers: 0.0.0.0/0 and ::/0 allow the entire internet. Specify the networks that need access, or set allow_from_anywhere = true."
  }

  validation {
    condition     = alltrue([for peer in values(var.peers) : !peer.egress || peer.security_group_id != null])
    error_message = "peers: egress requires security_group_id, because the outbound rule belongs to that group."
  }
}

variable "port" {
  description = "Port of the server."
  type        = number
  default     = 5432
  nullable    = false

  validation {
    condition     = floor(var.port) == var.port && var.port >= 1 && var.port <= 65535
    error_message = "port must be a whole number from 1 to 65535."
  }
}

variable "allow_from_anywhere" {
  description = "Allow peers that are the entire internet, 0.0.0.0/0 or ::/0."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of every AWS resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
