using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>
/// The chain that an envelope brings: whole and in order, from a certificate that may sign code to a root
/// (signature-specification.md, "Certificate Requirements"). Whether anybody trusts the root is another question.
/// </summary>
internal static class NotationChain
{
    private const string KeyUsage = "2.5.29.15", BasicConstraints = "2.5.29.19";
    private const int DigitalSignature = 0, ContentCommitment = 1;

    // any, server and client authentication, e-mail, timestamps: a certificate for these is none for code
    private static readonly string[] s_otherUsages = ["2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.8"];

    /// <exception cref="MalformedException">It is not such a chain.</exception>
    public static IReadOnlyList<Certificate> Read(IReadOnlyList<byte[]> certificates)
    {
        List<Certificate> chain = [.. certificates.Select(der => CertificateReader.Read(der))];
        CheckLeaf(chain[0]);
        for (var i = 1; i < chain.Count; i++) CheckAuthority(chain[i], below: i - 1);
        for (var i = 0; i < chain.Count; i++) CheckIssued(chain[i], chain[Math.Min(i + 1, chain.Count - 1)]);
        return chain;
    }

    /// <summary>The first certificate that is not valid at all of the time from the one moment to the other.</summary>
    public static Certificate? Outside(IReadOnlyList<Certificate> chain, DateTimeOffset from, DateTimeOffset to) =>
        chain.FirstOrDefault(certificate => !certificate.IsValidAt(from) || !certificate.IsValidAt(to));

    private static void CheckLeaf(Certificate leaf)
    {
        if (leaf.Use.IsAuthority) throw new MalformedException("the signing certificate is one of an authority");
        var usage = UsageOf(leaf);
        if (!usage[DigitalSignature] || usage.Skip(ContentCommitment + 1).Contains(true)) throw new MalformedException("the signing certificate's key usage is not for signatures alone");
        if (leaf.Use.ExtendedKeyUsages?.FirstOrDefault(s_otherUsages.Contains) is { } other) throw new MalformedException($"the signing certificate is also for the usage {other}");
    }

    private static void CheckAuthority(Certificate authority, int below)
    {
        if (!authority.Use.IsAuthority || !IsCritical(authority, BasicConstraints)) throw new MalformedException($"the certificate of {authority.SubjectName} is not one of an authority");
        if (UsageOf(authority) is not { Count: > 5 } usage || !usage[5]) throw new MalformedException($"the key usage of {authority.SubjectName} is not for certificates");
        if (authority.Use.PathLength is { } most && below > most) throw new MalformedException($"{authority.SubjectName} may have {most} authorities below it and has {below}");
    }

    private static IReadOnlyList<bool> UsageOf(Certificate certificate) => certificate.Use.KeyUsage is { } usage && IsCritical(certificate, KeyUsage)
        ? usage
        : throw new MalformedException($"the certificate of {certificate.SubjectName} has no critical key usage");

    /// <summary>The last one is its own issuer: a chain that stops before its root proves nothing.</summary>
    private static void CheckIssued(Certificate certificate, Certificate issuer)
    {
        if (!certificate.Issuer.Span.SequenceEqual(issuer.Subject.Span) || !certificate.IsSignedBy(issuer))
            throw new MalformedException($"the certificate of {certificate.SubjectName} was not issued by {(ReferenceEquals(certificate, issuer) ? "itself, though it is the chain's last" : issuer.SubjectName + ", the next of the chain")}");
    }

    private static bool IsCritical(Certificate certificate, string oid) => certificate.Extensions.Any(extension => extension.Oid == oid && extension.Critical);
}
