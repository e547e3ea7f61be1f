using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Tests.Evidence.Verification.Local;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Fuzz;

/// <summary>The readers and verifiers of Notation signatures, and of what authorities say about revocation.</summary>
internal static class NotationTargets
{
    private const string Service = "http://ocsp.example/", List = "http://crl.example/leaf.crl";

    private static readonly NotationSigner s_signer = new(published: which => which == "leaf" ? [LocalRevocation.Service(Service), LocalRevocation.Lists(List)] : []);
    private static readonly RevocationSigner s_issuer = RevocationSigner.Of(s_signer.Chain[1], s_signer.Authorities[0]);
    private static readonly Certificate s_leaf = CertificateReader.Read(s_signer.Chain[0].RawData), s_authority = CertificateReader.Read(s_signer.Chain[1].RawData);
    private static readonly LocalTimestampAuthority s_stamper = new(LocalNotation.Now.AddYears(-3), LocalNotation.Now.AddYears(3));
    private static readonly byte[] s_stamped = [1, 2, 3];
    private static readonly Certificate s_stampRoot = CertificateReader.Read(s_stamper.Root.Der);
    private static readonly NotationArtifact s_artifact = new("r.example/app", new("sha256", LocalNotation.Digest[7..]));

    private const string Policy = """
        {"version":"1.0","trustPolicies":[
          {"name":"all","registryScopes":["*"],"signatureVerification":{"level":"strict","override":{"revocation":"skip"},"verifyTimestamp":"afterCertExpiry"},"trustStores":["ca:acme","tsa:public"],"trustedIdentities":["x509.subject: C=US, ST=WA, O=Notary"]},
          {"name":"one","registryScopes":["r.example/team/app"],"signatureVerification":{"level":"skip"}}]}
        """;

    private static readonly Lazy<NotationTrust> s_trust = new(() => new(NotationPolicy.Read(Encoding.UTF8.GetBytes(Policy)), (type, _) => [type == "tsa" ? s_stamper.Root.Der : s_signer.Chain[^1].RawData]));

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("notation", () => [Envelope(new LocalNotation(s_signer).Jws()), Envelope(new LocalNotation(s_signer) { Expiry = LocalNotation.Now.AddDays(1), Timestamp = Stamped }.Jws()), Envelope(new LocalNotation(s_signer).Cose()), Envelope(new LocalNotation(s_signer) { Expiry = LocalNotation.Now.AddDays(1), Timestamp = Stamped }.Cose())]),
        FuzzTarget.Of("notation-policy", bytes => VerificationTargets.Formatted(() => NotationPolicy.Read(bytes)), () => [Encoding.UTF8.GetBytes(Policy)]),
        FuzzTarget.Of("notation-timestamp", bytes => VerificationTargets.Guarded(() => NotationTimestamp.Verify(bytes, s_stamped, [s_stampRoot])), () => [Stamped(s_stamped)]),
        FuzzTarget.Of("subject-name", bytes => VerificationTargets.Guarded(() => SubjectNames.Parse(Encoding.UTF8.GetString(bytes))), () => [Encoding.UTF8.GetBytes(@" C=US, ST=WA, O=Acme\, Inc.; OU=a\\b"), "C=US,ST=WA,O=Acme,CN=x"u8.ToArray()]),
        FuzzTarget.Of("ocsp-answer", Ocsp, () => [LocalRevocation.Answer(s_issuer, [3], 1), LocalRevocation.Answer(s_issuer, [3], 1, certificate: s_signer.Chain[0].RawData, sha256: true), LocalRevocation.Error]),
        FuzzTarget.Of("revocation-list", Crl, () =>
        [
            LocalRevocation.List(s_issuer, [[1], [3], [4]], ofEntries: w => LocalRevocation.Extension(w, "2.5.29.21", false, [0x0a, 1, 1])),
            LocalRevocation.List(s_issuer, [[3]], extensions: w => LocalRevocation.Extension(w, "2.5.29.28", true, LocalRevocation.Scope(List, 1))),
        ]),
        FuzzTarget.Of("revocation-points", Points, () => [LocalRevocation.Service(Service, "ldap://a").RawData, LocalRevocation.Lists(List, "http://b").RawData]),
    ];

    private static byte[] Stamped(byte[] signature) => s_stamper.Token(signature, LocalNotation.Now.AddDays(-1), withCertificate: true);

    private static VerificationResult Verify(byte[] envelope) => NotationVerifier.Verify(envelope, s_artifact, s_trust.Value, LocalNotation.Now);

    /// <summary>A damaged signature is refused, or says the very same.</summary>
    private static FuzzSeed Envelope(byte[] valid)
    {
        var original = Verify(valid);
        if (!original.Accepted) throw new FuzzFaultException($"a valid signature was refused: {original.Reason}");
        return new(valid, bytes =>
        {
            var result = Verify(bytes);
            return result.Accepted && Facts(result) != Facts(original) ? throw new FuzzFaultException("a changed signature was accepted") : VerificationTargets.Foreseen(result);
        });
    }

    private static string Facts(VerificationResult result) => JsonSerializer.Serialize(VerificationReport.Of(result).Facts);

    /// <summary>The seeds say that it was revoked: no damage makes that a no.</summary>
    private static string Ocsp(byte[] bytes) => VerificationTargets.Guarded(() =>
    {
        if (OcspAnswer.Read(bytes, s_leaf, s_authority, LocalNotation.Now) != RevocationState.Revoked) throw new FuzzFaultException("a changed answer was taken");
    });

    private static string Crl(byte[] bytes) => VerificationTargets.Guarded(() =>
    {
        if (RevocationList.Read(bytes, new(List), s_leaf, s_authority, LocalNotation.Now) != RevocationState.Revoked) throw new FuzzFaultException("a changed list was taken");
    });

    private static string Points(byte[] bytes) => VerificationTargets.Guarded(() =>
    {
        foreach (var oid in new[] { "1.3.6.1.5.5.7.1.1", "2.5.29.31" })
            if (RevocationPoints.Read(s_leaf with { Extensions = [new(oid, false, bytes)] }) is { Responders.Count: > 5 } or { Lists.Count: > 5 }) throw new FuzzFaultException("more is asked than is allowed");
    });
}
