using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>
/// The table of the notation project's end-to-end tests of trust policies (github.com/notaryproject/notation, test/e2e/suite/trustpolicy),
/// row by row: the same policies over signatures that are made here.
/// </summary>
public sealed class NotationPolicyTableTests
{
    private const string Repository = "localhost:5000/test-repo", Identity = "x509.subject: CN=e2e,O=Notary,L=Seattle,ST=WA,C=US";

    private static readonly NotationSigner s_signer = new(selfSigned: true);
    private static readonly NotationSigner s_other = new(selfSigned: true);
    private static readonly NotationSigner s_expired = new(selfSigned: true, from: LocalNotation.Now.AddYears(-2), to: LocalNotation.Now.AddYears(-1));

    public enum Signed { Valid, Expired, ExpiredCertificate, UntrustedCertificate, BrokenIntegrity, OtherSigner }

    public enum Expected { Accepted, Logged, Skipped, Refused, PolicyRefused }

    private static string Statement(string level = "strict", string changes = "", string scopes = "\"*\"", string stores = "\"ca:e2e\"", string identities = "\"*\"", string name = "e2e") =>
        $$"""{"name":"{{name}}","registryScopes":[{{scopes}}],"signatureVerification":{"level":"{{level}}"{{(changes.Length > 0 ? ",\"override\":{" + changes + "}" : "")}}}{{(stores == "-" ? "" : $",\"trustStores\":[{stores}]")}}{{(identities == "-" ? "" : $",\"trustedIdentities\":[{identities}]")}}}""";

    private static string Identities(string identities) => Statement(identities: string.Join(',', identities.Split('|').Select(identity => $"\"{identity}\"")));

    private const string Strictly = "\"revocation\":\"enforce\",\"expiry\":\"enforce\",\"authenticTimestamp\":\"enforce\",\"authenticity\":\"enforce\"",
        Mildly = "\"revocation\":\"log\",\"expiry\":\"log\",\"authenticTimestamp\":\"log\",\"authenticity\":\"log\"",
        OnlyAuthenticityMildly = "\"revocation\":\"enforce\",\"expiry\":\"enforce\",\"authenticTimestamp\":\"enforce\",\"authenticity\":\"log\"";

    public static TheoryData<string, string, Signed, Expected, string> Rows => new()
    {
        // verification_level.go
        { "strict, expired signature", Statement(), Signed.Expired, Expected.Refused, "expired at" },
        { "strict, expired certificate", Statement(), Signed.ExpiredCertificate, Expected.Refused, "which does not include" },
        { "strict, untrusted", Statement(), Signed.UntrustedCertificate, Expected.Refused, "none of the trusted certificates" },
        { "strict, broken", Statement(), Signed.BrokenIntegrity, Expected.Refused, "not over this envelope" },
        { "permissive, expired signature", Statement("permissive"), Signed.Expired, Expected.Logged, "expired at" },
        { "permissive, expired certificate", Statement("permissive"), Signed.ExpiredCertificate, Expected.Logged, "which does not include" },
        { "permissive, untrusted", Statement("permissive"), Signed.UntrustedCertificate, Expected.Refused, "none of the trusted certificates" },
        { "permissive, broken", Statement("permissive"), Signed.BrokenIntegrity, Expected.Refused, "not over this envelope" },
        { "audit, expired signature", Statement("audit"), Signed.Expired, Expected.Logged, "expired at" },
        { "audit, expired certificate", Statement("audit"), Signed.ExpiredCertificate, Expected.Logged, "which does not include" },
        { "audit, untrusted", Statement("audit"), Signed.UntrustedCertificate, Expected.Logged, "none of the trusted certificates" },
        { "audit, broken", Statement("audit"), Signed.BrokenIntegrity, Expected.Refused, "not over this envelope" },
        { "skip, broken", Statement("skip", stores: "-", identities: "-"), Signed.BrokenIntegrity, Expected.Skipped, "skips verification" },
        { "strict, expiry logged", Statement(changes: Mildly), Signed.Expired, Expected.Logged, "expired at" },
        { "strict, timestamp logged", Statement(changes: Mildly), Signed.ExpiredCertificate, Expected.Logged, "which does not include" },
        { "strict, authenticity logged", Statement(changes: Mildly), Signed.UntrustedCertificate, Expected.Logged, "none of the trusted certificates" },
        { "permissive, expiry enforced", Statement("permissive", OnlyAuthenticityMildly), Signed.Expired, Expected.Refused, "expired at" },
        { "permissive, timestamp enforced", Statement("permissive", OnlyAuthenticityMildly), Signed.ExpiredCertificate, Expected.Refused, "which does not include" },
        { "permissive, authenticity logged", Statement("permissive", OnlyAuthenticityMildly), Signed.UntrustedCertificate, Expected.Logged, "none of the trusted certificates" },
        { "permissive, integrity overridden", Statement("permissive", "\"integrity\":\"log\""), Signed.Valid, Expected.PolicyRefused, "overrides 'integrity'" },
        { "audit, expiry enforced", Statement("audit", Strictly), Signed.Expired, Expected.Refused, "expired at" },
        { "audit, timestamp enforced", Statement("audit", Strictly), Signed.ExpiredCertificate, Expected.Refused, "which does not include" },
        { "audit, authenticity enforced", Statement("audit", Strictly), Signed.UntrustedCertificate, Expected.Refused, "none of the trusted certificates" },
        // trust_store.go
        { "no trust store", Statement(stores: "-"), Signed.Valid, Expected.PolicyRefused, "lacks trust stores or trusted identities" },
        { "unknown trust store", Statement(stores: "\"ca:invalid_store\""), Signed.Valid, Expected.Refused, "there is no trust store ca:invalid_store" },
        { "malformed trust store", Statement(stores: "\"ca:\""), Signed.Valid, Expected.PolicyRefused, "expected a name of letters" },
        { "wildcard trust store", Statement(stores: "\"*\""), Signed.Valid, Expected.PolicyRefused, "expected TYPE:NAME" },
        { "several trust stores, one signer", Statement(stores: "\"ca:e2e\",\"ca:e2e-new\""), Signed.Valid, Expected.Accepted, "" },
        { "several trust stores, the other", Statement(stores: "\"ca:e2e\",\"ca:e2e-new\""), Signed.OtherSigner, Expected.Accepted, "" },
        // a row that the project itself skips: it does not look whether stores overlap
        { "overlapping trust stores", Statement(stores: "\"ca:e2e\",\"ca:e2e\""), Signed.Valid, Expected.Accepted, "" },
        // trusted_identity.go
        { "no identity", Statement(identities: "-"), Signed.Valid, Expected.PolicyRefused, "lacks trust stores or trusted identities" },
        { "right identity", Identities(Identity), Signed.Valid, Expected.Accepted, "" },
        { "wrong identity", Identities("x509.subject: CN=e2e,O=Notary,L=Seattle,ST=WA,C=USB"), Signed.Valid, Expected.Refused, "none of the trusted identities" },
        { "malformed identity", Identities("x509.subject CN=e2e,O=Notary,L=Seattle,ST=WA,C=US"), Signed.Valid, Expected.PolicyRefused, "expected 'x509.subject:'" },
        { "empty identity", Identities(""), Signed.Valid, Expected.PolicyRefused, "has an empty trusted identity" },
        { "several identities", Identities(Identity + "|x509.subject: CN=e2e-2,O=Notary,L=Seattle,ST=WA,C=US"), Signed.Valid, Expected.Accepted, "" },
        { "overlapping identities", Identities(Identity + "|x509.subject: CN=e2e,O=Notary,ST=WA,C=US"), Signed.Valid, Expected.PolicyRefused, "overlapping trusted identities" },
        { "wildcard beside others", Identities("*|" + Identity), Signed.Valid, Expected.PolicyRefused, "trusted identity * beside others" },
        { "no organization", Identities("x509.subject: CN=e2e,L=Seattle,ST=WA,C=US"), Signed.Valid, Expected.PolicyRefused, "no attribute O" },
        { "no state", Identities("x509.subject: CN=e2e,O=Notary,L=Seattle,C=US"), Signed.Valid, Expected.PolicyRefused, "no attribute ST" },
        { "no country", Identities("x509.subject: CN=e2e,O=Notary,L=Seattle,ST=WA"), Signed.Valid, Expected.PolicyRefused, "no attribute C;" },
        // registry_scope.go
        { "no scope", Statement(scopes: ""), Signed.Valid, Expected.PolicyRefused, "has no registry scopes" },
        { "malformed scope", Statement(scopes: "\"localhost:5000\\\\test-repo\""), Signed.Valid, Expected.PolicyRefused, "expected a whole repository" },
        { "scope of a repository", Statement(scopes: $"\"{Repository}\""), Signed.Valid, Expected.Accepted, "" },
        { "scope of several repositories", Statement(scopes: $"\"localhost:5000/other\",\"{Repository}\""), Signed.Valid, Expected.Accepted, "" },
        { "scope of all", Statement(scopes: "\"*\""), Signed.Valid, Expected.Accepted, "" },
        { "overlapping scope", Statement(scopes: $"\"{Repository}\",\"{Repository}\""), Signed.Valid, Expected.PolicyRefused, "stands in several places" },
        { "wildcard and a repository", Statement(scopes: $"\"*\",\"{Repository}\""), Signed.Valid, Expected.PolicyRefused, "registry scope * beside others" },
        { "scope of another repository", Statement(scopes: "\"localhost:5000/invalid-test-repo\""), Signed.Valid, Expected.Refused, "no statement of the trust policy" },
        // multi_statements.go
        { "two statements, one scope", Statement(scopes: $"\"{Repository}\"") + "," + Statement(scopes: $"\"{Repository}\"", name: "e2e2"), Signed.Valid, Expected.PolicyRefused, "stands in several places" },
        { "two statements, one for all", Statement(scopes: $"\"{Repository}\"") + "," + Statement(name: "e2e2"), Signed.Valid, Expected.Accepted, "" },
        { "two statements, one name", Statement(scopes: $"\"{Repository}\"") + "," + Statement(scopes: "\"localhost:5000/other\""), Signed.Valid, Expected.PolicyRefused, "have the name 'e2e'" },
        { "two statements for all", Statement() + "," + Statement(name: "e2e2"), Signed.Valid, Expected.PolicyRefused, "stands in several places" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_IsAnsweredAsTheProjectAnswersIt(string row, string statements, Signed signed, Expected expected, string saying)
    {
        var policy = Encoding.UTF8.GetBytes($$"""{"version":"1.0","trustPolicies":[{{statements}}]}""");
        if (expected == Expected.PolicyRefused)
        {
            Assert.Contains(saying, Assert.Throws<FormatException>(() => NotationPolicy.Read(policy)).Message, StringComparison.Ordinal);
            return;
        }
        foreach (var form in new[] { "JWS", "COSE" })
        {
            var result = NotationVerifier.Verify(Envelope(signed, form), new(Repository, new("sha256", LocalNotation.Digest[7..])), new(NotationPolicy.Read(policy), (type, name) => Store(type, name, signed)), LocalNotation.Now);
            Check(result, expected, saying, $"{row}, {form}");
        }
    }

    private static void Check(VerificationResult result, Expected expected, string saying, string row)
    {
        Assert.True(result.Accepted == expected is not Expected.Refused, $"{row}: {result.Reason ?? "accepted"}");
        if (expected == Expected.Refused) Assert.Contains(saying, result.Reason, StringComparison.Ordinal);
        if (expected is Expected.Logged or Expected.Skipped) Assert.Contains(result.Steps, step => step.Outcome == LinkOutcome.NotAsked && step.Detail.Contains(saying, StringComparison.Ordinal));
        // nobody is proven to have signed where the policy did not ask
        if (expected == Expected.Skipped) Assert.Null(result.Facts.Signer);
        if (expected == Expected.Accepted) Assert.StartsWith("x509.subject: ", result.Facts.Signer, StringComparison.Ordinal);
    }

    private static byte[] Envelope(Signed signed, string form)
    {
        var bytes = new LocalNotation(signed switch { Signed.ExpiredCertificate => s_expired, Signed.OtherSigner => s_other, _ => s_signer })
        {
            Expiry = signed == Signed.Expired ? LocalNotation.Now : null,
        }.In(form);
        if (signed != Signed.BrokenIntegrity) return bytes;
        // the last characters of both forms are the signature's
        var at = bytes.Length - (form == "JWS" ? 10 : 3);
        bytes[at] = (byte)(bytes[at] == 'A' ? 'B' : 'A');
        return bytes;
    }

    private static IReadOnlyList<byte[]>? Store(string type, string name, Signed signed) => (type, name, signed) switch
    {
        ("ca", "e2e", Signed.ExpiredCertificate) => [s_expired.Root],
        ("ca", "e2e", Signed.UntrustedCertificate) => [s_other.Root],
        ("ca", "e2e", _) => [s_signer.Root],
        ("ca", "e2e-new", _) => [s_other.Root],
        _ => null,
    };
}
