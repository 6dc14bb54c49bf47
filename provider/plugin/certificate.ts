import { generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";

/** A self-signed certificate for one run of the plugin, with its private key. */
export interface ServerCertificate {
  /** The certificate in DER, for the handshake line. */
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKeyPem: string;
}

// Terraform pins this certificate, so its validity only has to cover the run and a difference of the clocks.
const VALID_BEFORE_MS = 60_000;
const VALID_AFTER_MS = 30 * 24 * 3600 * 1000;

/**
 * Creates the plugin's mTLS certificate: ECDSA P-256, for the name `localhost`, and a CA, because Terraform adds it to its
 * pool of root certificates. Encoded here instead of with a library, because every start of the provider creates one (2 ms
 * instead of about 100 ms).
 */
export function createServerCertificate(now: Date = new Date()): ServerCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const name = sequence(set(sequence(oid(OID.commonName), utf8String("localhost"))));
  const signatureAlgorithm = sequence(oid(OID.ecdsaWithSha256));
  const toBeSigned = sequence(
    contextTag(0, integer(Buffer.from([2]))), // version 3
    integer(positive(randomBytes(16))),
    signatureAlgorithm,
    name,
    sequence(
      utcTime(new Date(now.getTime() - VALID_BEFORE_MS)),
      utcTime(new Date(now.getTime() + VALID_AFTER_MS)),
    ),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    contextTag(
      3,
      sequence(
        extension(OID.basicConstraints, sequence(boolean(true)), true),
        // digitalSignature, keyEncipherment, keyAgreement, keyCertSign: bits 0, 2, 4 and 5.
        extension(OID.keyUsage, bitString(Buffer.from([0b10101100]), 2), true),
        extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth), oid(OID.clientAuth))),
        extension(OID.subjectAltName, sequence(tlv(0x82, Buffer.from("localhost")))),
      ),
    ),
  );
  const signature = sign("sha256", toBeSigned, { key: privateKey, dsaEncoding: "der" });
  const der = sequence(toBeSigned, signatureAlgorithm, bitString(signature, 0));
  return {
    der,
    pem: new X509Certificate(der).toString(),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** Object identifiers: their DER content octets in hexadecimal. */
const OID = {
  commonName: "550403",
  ecdsaWithSha256: "2a8648ce3d040302",
  basicConstraints: "551d13",
  keyUsage: "551d0f",
  extendedKeyUsage: "551d25",
  subjectAltName: "551d11",
  serverAuth: "2b06010505070301",
  clientAuth: "2b06010505070302",
} as const;

function tlv(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(content.length)]), content]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

const sequence = (...items: Buffer[]): Buffer => tlv(0x30, ...items);
const set = (...items: Buffer[]): Buffer => tlv(0x31, ...items);
const contextTag = (number: number, content: Buffer): Buffer => tlv(0xa0 | number, content);
const integer = (bytes: Buffer): Buffer => tlv(0x02, bytes);
const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const utf8String = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
const bitString = (bytes: Buffer, unusedBits: number): Buffer => tlv(0x03, Buffer.from([unusedBits]), bytes);

function utcTime(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return tlv(0x17, Buffer.from(`${text}Z`));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), tlv(0x04, value));
}

/** A DER INTEGER is signed and minimal, so the first octet of the serial number must be 1 to 127. */
function positive(bytes: Buffer): Buffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes;
}
