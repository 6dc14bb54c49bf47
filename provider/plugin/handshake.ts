/** Environment variable and value by which Terraform tells a plugin that it is the one who starts it. */
export const MAGIC_COOKIE_KEY = "TF_PLUGIN_MAGIC_COOKIE";
export const MAGIC_COOKIE_VALUE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** Version of the handshake itself, and of the provider protocol that is spoken after it. */
const CORE_PROTOCOL_VERSION = 1;
export const PROVIDER_PROTOCOL_VERSION = 6;

export type HostCheck =
  | { readonly ok: true; readonly clientCertificatePem: string }
  | { readonly ok: false; readonly message: string };

/** Looks at the environment: is this process started by Terraform, and one that speaks our protocol? */
export function checkHost(environment: NodeJS.ProcessEnv): HostCheck {
  if (environment[MAGIC_COOKIE_KEY] !== MAGIC_COOKIE_VALUE) {
    return {
      ok: false,
      message:
        "This is a Terraform provider (postgresql, with logical replication): Terraform starts it by itself, it is not run by hand.",
    };
  }
  const versions = (environment["PLUGIN_PROTOCOL_VERSIONS"] ?? "").split(",");
  if (!versions.includes(String(PROVIDER_PROTOCOL_VERSION))) {
    return {
      ok: false,
      message: `This provider speaks plugin protocol ${PROVIDER_PROTOCOL_VERSION}, and the program that started it speaks ${versions.join(", ") || "none"}: Terraform 1.8 or later is needed.`,
    };
  }
  const clientCertificatePem = environment["PLUGIN_CLIENT_CERT"];
  if (!clientCertificatePem) {
    return {
      ok: false,
      message: "PLUGIN_CLIENT_CERT is not set: this provider serves Terraform over mutual TLS only.",
    };
  }
  return { ok: true, clientCertificatePem };
}

/** The one line on standard output that tells Terraform where and how to connect. */
export function handshakeLine(port: number, certificateDer: Buffer): string {
  // Unpadded base64 of the certificate, because the host decodes it so.
  const certificate = certificateDer.toString("base64").replace(/=+$/, "");
  return `${CORE_PROTOCOL_VERSION}|${PROVIDER_PROTOCOL_VERSION}|tcp|127.0.0.1:${port}|grpc|${certificate}\n`;
}
