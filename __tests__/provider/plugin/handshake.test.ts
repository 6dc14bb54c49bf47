import { createPrivateKey, X509Certificate } from "node:crypto";
import { createServerCertificate } from "../../../provider/plugin/certificate";
import {
  checkHost,
  handshakeLine,
  MAGIC_COOKIE_KEY,
  MAGIC_COOKIE_VALUE,
} from "../../../provider/plugin/handshake";

const terraform = {
  [MAGIC_COOKIE_KEY]: MAGIC_COOKIE_VALUE,
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
  PLUGIN_CLIENT_CERT: "PEM",
};

describe("the handshake", () => {
  test("lets Terraform in", () => {
    expect(checkHost(terraform)).toEqual({ ok: true, clientCertificatePem: "PEM" });
  });

  test.each([
    ["a person", {}, /Terraform starts it; do not run it directly/],
    [
      "a host of another protocol",
      { ...terraform, PLUGIN_PROTOCOL_VERSIONS: "4,5" },
      /protocol 6.* 4, 5.*Terraform 1\.8/,
    ],
    ["a host without TLS", { ...terraform, PLUGIN_CLIENT_CERT: undefined }, /PLUGIN_CLIENT_CERT is not set/],
  ])("tells %s in one line what is the matter", (_who, environment, message) => {
    const answer = checkHost(environment);
    expect(answer).toEqual({ ok: false, message: expect.stringMatching(message) as string });
    expect(answer.ok ? "" : answer.message).not.toContain("\n");
  });

  test("is one line with the certificate in unpadded base64", () => {
    expect(handshakeLine(1234, Buffer.from("ab"))).toBe("1|6|tcp|127.0.0.1:1234|grpc|YWI\n");
  });
});

describe("the server certificate", () => {
  test("is a self-signed CA for localhost that TLS servers and clients accept", () => {
    const { der, pem, privateKeyPem } = createServerCertificate();
    const certificate = new X509Certificate(pem);
    expect(certificate.raw.equals(der)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.ca).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(new Date(certificate.validFrom).getTime()).toBeLessThan(Date.now());
    expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(Date.now() + 24 * 3600 * 1000);
  });

  test("is another one every time, and well-formed every time", () => {
    const certificates = Array.from({ length: 50 }, () => new X509Certificate(createServerCertificate().der));
    expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(50);
  });
});
