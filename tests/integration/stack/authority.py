"""A certificate authority that gives certificates of any kind, good or bad, and takes them back."""
import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _now():
    return datetime.datetime.utcnow().replace(microsecond=0)


class Authority:
    def __init__(self, folder, name):
        """`ca`: its own certificate's file; `crl`: its list's, written by the first publish()."""
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._name, self._key, self._revoked = _name(name), ec.generate_private_key(ec.SECP256R1()), []
        certificate = (self._build(self._name, self._key.public_key(), days=30)
                       .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(self._key, hashes.SHA256()))
        self.ca = self._write("ca.pem", certificate.public_bytes(serialization.Encoding.PEM))
        self.crl = self.folder / "crl.pem"

    def issue(self, common_name, spiffe=None, usage=CLIENT, seconds=3600, starts=-3600):
        """(certificate, key), the files; good from `starts` seconds from now until `seconds` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._build(_name(common_name), key.public_key(), seconds=seconds, starts=starts)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if spiffe:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(spiffe)]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        stem = f"{common_name}-{certificate.serial_number:x}"[:60]
        plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._write(f"{stem}.pem", certificate.public_bytes(serialization.Encoding.PEM)), self._write(f"{stem}.key", plain)

    def revoke(self, certificate):
        self._revoked.append(x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number)
        self.publish()

    def publish(self, hours=24):
        """Writes the list; with hours below 0 it is out of date."""
        start = _now() - datetime.timedelta(days=2)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._name).last_update(start)
        builder = builder.next_update(_now() + datetime.timedelta(hours=hours))
        for serial in self._revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(start).build())
        self._write(self.crl.name, builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _build(self, subject, key, days=0, seconds=0, starts=-3600):
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key).serial_number(x509.random_serial_number())
                .not_valid_before(_now() + datetime.timedelta(seconds=starts)).not_valid_after(_now() + datetime.timedelta(days=days, seconds=seconds)))

    def _write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        path.chmod(0o600)
        return path
