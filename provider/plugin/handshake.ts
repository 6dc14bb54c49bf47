/** The environment variable, and its value, that Terraform sets for a plugin. */
export const MAGIC_COOKIE_KEY = "TF_PLUGIN_MAGIC_COOKIE";
export const MAGIC_COOKIE_VALUE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** Versions of the handshake and of the provider protocol. */
const CORE_PROTOCOL_VERSION = 1;
const PROVIDER_PROTOCOL_VERSION = 6;

export type HostCheck =
  | { readonly ok: true; readonly clientCertificatePem: string }
  | { readonly ok: false; readonly message: string };

/** Checks that Terraform started this process, and that it supports the protocol version. */
export function checkHost(environment: NodeJS.ProcessEnv): HostCheck {
  if (environment[MAGIC_COOKIE_KEY] !== MAGIC_COOKIE_VALUE) {
    return {
      ok: false,
      message:
        "This is a Terraform provider (postgresql, with logical replication). Terraform starts it; do not run it directly.",
    };
  }
  const versions = (environment["PLUGIN_PROTOCOL_VERSIONS"] ?? "").split(",");
  if (!versions.includes(String(PROVIDER_PROTOCOL_VERSION))) {
    return {
      ok: false,
      message: `This provider requires plugin protocol ${PROVIDER_PROTOCOL_VERSION}, but the program that started it supports ${versions.join(", ") || "none"}. Use Terraform 1.8 or later.`,
    };
  }
  const clientCertificatePem = environment["PLUGIN_CLIENT_CERT"];
  if (!clientCertificatePem) {
    return {
      ok: false,
      message: "PLUGIN_CLIENT_CERT is not set. This provider requires mutual TLS.",
    };
  }
  return { ok: true, clientCertificatePem };
}

/** The line on standard output with which a plugin announces its address and certificate. */
export function handshakeLine(port: number, certificateDer: Buffer): string {
  // Terraform expects base64 without padding.
  const certificate = certificateDer.toString("base64").replace(/=+$/, "");
  return `${CORE_PROTOCOL_VERSION}|${PROVIDER_PROTOCOL_VERSION}|tcp|127.0.0.1:${port}|grpc|${certificate}\n`;
}
