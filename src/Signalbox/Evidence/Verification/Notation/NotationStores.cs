using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>The certificates of named trust stores.</summary>
/// <param name="read">The files of a store by type and name; null where there is no such store.</param>
internal sealed class NotationStores(Func<string, string, IReadOnlyList<byte[]>?> read)
{
    /// <summary>All certificates of the statement's stores of one type.</summary>
    /// <exception cref="Refusal">A store is missing or empty, or holds what cannot vouch for others.</exception>
    public IReadOnlyList<Certificate> Of(NotationStatement statement, string type) =>
        [.. statement.Stores.Where(store => store.Type == type).SelectMany(store => Read(store.Type, store.Name))];

    private List<Certificate> Read(string type, string name)
    {
        var files = read(type, name) ?? throw new Refusal(VerificationError.InvalidCertificate, $"there is no trust store {type}:{name}");
        List<Certificate> certificates = [.. files.SelectMany(Certificates).Select(der => CertificateReader.Read(der))];
        if (certificates.Count == 0) throw new Refusal(VerificationError.InvalidCertificate, $"the trust store {type}:{name} holds no certificate");
        return certificates.Find(certificate => !certificate.Use.IsAuthority && !certificate.IsSelfIssued) is { } leaf
            ? throw new Refusal(VerificationError.InvalidCertificate, $"the trust store {type}:{name} holds the certificate of {leaf.SubjectName}, which is neither one of an authority nor self-signed")
            : certificates;
    }

    private static IEnumerable<byte[]> Certificates(byte[] file) => file is [0x30, ..]
        ? [file]
        : PemBlock.ReadAll(Encoding.ASCII.GetString(file), "a file of the trust store").Select(block => block.Label == "CERTIFICATE" ? block.Der : throw new MalformedException($"a file of the trust store holds a {JsonFields.Shown(block.Label)}"));
}
