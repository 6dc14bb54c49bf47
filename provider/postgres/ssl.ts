import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import type { SslMode } from "../../facts/sslmodes";
import { messageOf } from "./errors";

/** How a connection is secured. */
export interface SslSettings {
  readonly mode: SslMode;
  /**
   * The file of the certification authorities that are trusted, in PEM; `system` for those that Node.js brings along.
   *
   * @default ~/.postgresql/root.crt when it exists; else, for verify-ca and verify-full, `system`
   */
  readonly rootCert?: string;
  /** The certificate and key that the server asks the client for. */
  readonly clientCert?: {
    /** A file, or the PEM text itself when `inline`. */
    readonly cert: string;
    /** A file, or the PEM text itself when `inline`. */
    readonly key: string;
    /** @default false */
    readonly inline?: boolean;
  };
}

/** What to try for one connection: TLS with these options, or no TLS. */
export type TlsAttempt = ConnectionOptions | false;

/**
 * The ways of connecting that an sslmode allows, in the order in which they are tried. Files are read anew each time,
 * since certificates are rotated.
 *
 * @throws Error that names the file when a certificate or key cannot be read.
 */
export async function tlsAttempts(ssl: SslSettings): Promise<readonly TlsAttempt[]> {
  if (ssl.mode === "disable") {
    return [false];
  }
  const verify = { ...(await clientCertificate(ssl)), rejectUnauthorized: true };
  const trustAnything = { ...verify, rejectUnauthorized: false };
  switch (ssl.mode) {
    case "allow":
      return [false, trustAnything];
    case "prefer":
      return [trustAnything, false];
    case "require": {
      const ca = await rootCertificates(ssl);
      return [ca === undefined ? trustAnything : { ...verify, ca, checkServerIdentity: anyHost }];
    }
    case "verify-ca":
      return [{ ...verify, ...trusted(await rootCertificates(ssl)), checkServerIdentity: anyHost }];
    case "verify-full":
      return [{ ...verify, ...trusted(await rootCertificates(ssl)) }];
  }
}

/** verify-ca: whoever the authority vouches for will do. */
function anyHost(): undefined {
  return undefined;
}

function trusted(ca: string | undefined): ConnectionOptions {
  return ca === undefined ? {} : { ca };
}

async function rootCertificates({ rootCert }: SslSettings): Promise<string | undefined> {
  if (rootCert === "system") {
    return undefined;
  }
  if (rootCert !== undefined) {
    return readPem(rootCert, "sslrootcert");
  }
  try {
    return await readFile(join(homedir(), ".postgresql", "root.crt"), "utf8");
  } catch {
    return undefined;
  }
}

async function clientCertificate({ clientCert }: SslSettings): Promise<ConnectionOptions> {
  if (clientCert === undefined) {
    return {};
  }
  const { cert, key, inline = false } = clientCert;
  return inline
    ? { cert, key }
    : { cert: await readPem(cert, "client certificate"), key: await readPem(key, "client key") };
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Error(`The ${what} file could not be read: ${messageOf(error)}`, { cause: error });
  }
}
