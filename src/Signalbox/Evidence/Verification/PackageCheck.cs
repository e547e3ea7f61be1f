using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification;

/// <summary>
/// The npm registry's list for a package version: provenance by whoever built it, and the registry's own attestation,
/// signed with its key, that it published this. Both must hold, about the same package and digest.
/// </summary>
internal sealed class PackageCheck(TrustedRoot root, VerificationPolicy policy, DateTimeOffset now, ProofLog proof)
{
    private const string Publish = "https://github.com/npm/attestation/tree/main/specs/publish/";

    private readonly ProvenancePolicy _provenance = policy.Provenance
        ?? throw new Refusal(VerificationError.NoExpectation, "a list of package attestations needs the source that it must be built from");

    private readonly PackagePolicy _package = policy.Provenance?.Package
        ?? throw new Refusal(VerificationError.NoExpectation, "a list of package attestations needs the registry's keys");

    public void Verify(JsonFields list)
    {
        var attestations = list.Objects("attestations");
        var provenance = Only(attestations, SlsaProvenance.IsProvenance, "provenance");
        var publish = Only(attestations, type => type.StartsWith(Publish, StringComparison.Ordinal), "publish attestation");
        proof.Proven($"{attestations.Count} attestations of a package");
        var built = VerifyProvenance(provenance);
        proof.Enter("package");
        var published = VerifyPublish(publish);
        PackageNames.Verify(built, published, _package);
        proof.Proven("the registry attests that it published this package");
    }

    private static JsonFields Only(IReadOnlyList<JsonFields> attestations, Func<string, bool> isOf, string what)
    {
        var found = attestations.Where(attestation => isOf(attestation.Text("predicateType") ?? "")).ToList();
        return found.Count == 1 ? found[0] : throw new Refusal(VerificationError.InvalidFormat, $"the list has {found.Count} entries that are {what}; expected one");
    }

    private Statement VerifyProvenance(JsonFields attestation)
    {
        var (bundle, envelope) = Read(attestation);
        var signer = new BundleCheck(root, policy, now, proof).Verify(bundle, null, SignedData.Of(envelope.PreAuthenticationEncoding()));
        var identity = SigningIdentity.Read(signer.Certificate!);
        // a workflow signs provenance: whoever expects somebody expects one by name
        if (policy.Signers.Count > 0) SignerMatch.Verify(identity, [.. policy.Signers.Where(expected => expected.Name is not null)]);
        var statement = ReadStatement(attestation, envelope);
        proof.Facts = proof.Facts with { Signer = identity.Name, Issuer = identity.Issuer, PredicateType = statement.PredicateType, Subjects = statement.Subjects };
        new PackageProvenance(_provenance, policy.Artifact, proof).Verify(statement, identity);
        return statement;
    }

    private Statement VerifyPublish(JsonFields attestation)
    {
        var (bundle, envelope) = Read(attestation);
        var (key, window) = _package.Keys.Find(bundle.Material.KeyHint ?? "")
            ?? throw new Refusal(VerificationError.BadBundle, $"the registry has no key '{JsonFields.Shown(bundle.Material.KeyHint ?? "")}' for attestations");
        // the facts stay those of the provenance: who published is the registry
        var own = new ProofLog();
        new BundleCheck(root, policy with { RequireLog = true }, now, own).Verify(bundle, key, SignedData.Of(envelope.PreAuthenticationEncoding()));
        if (own.Facts.Times.FirstOrDefault(time => !window.Includes(time.At)) is { } outside) throw Refusal.Bad($"the registry's key was not in use at {outside.At:u}");
        if (own.Facts.Times.Count == 0 && window.To is { } end) throw Refusal.Bad($"the registry's key was in use until {end:u}, and nothing trusted says when the attestation was signed");
        var statement = ReadStatement(attestation, envelope);
        return statement.Find(policy.Artifact) is not null
            ? statement
            : throw new Refusal(VerificationError.MismatchHash, $"the registry published something else than {string.Join(" or ", policy.Artifact)}");
    }

    // the list only says again what the signed statement is
    private static Statement ReadStatement(JsonFields attestation, DsseEnvelope envelope) =>
        Statement.Read(envelope) is var statement && statement.PredicateType == attestation.Text("predicateType")
            ? statement
            : throw new Refusal(VerificationError.InvalidDssePayload, $"the list says that an attestation is '{JsonFields.Shown(attestation.Text("predicateType") ?? "")}', the statement says '{JsonFields.Shown(statement.PredicateType)}'");

    private static (SigstoreBundle Bundle, DsseEnvelope Envelope) Read(JsonFields attestation)
    {
        var bundle = BundleReader.Read(attestation.RequiredObject("bundle"));
        return bundle.Content is DsseEnvelope envelope ? (bundle, envelope) : throw new Refusal(VerificationError.InvalidDssePayload, "a package attestation is not a statement");
    }
}
