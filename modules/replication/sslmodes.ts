/** How a connection uses TLS: libpq's `sslmode`, from none of it to all that there is. */
export const sslmodes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
