using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>
/// Provenance of an npm package: by a delegated builder of slsa-github-generator, which is trusted, or by the npm program
/// in a workflow of the project's own, of which only what the certificate backs is believed.
/// </summary>
internal sealed class PackageProvenance(ProvenancePolicy policy, IReadOnlyList<ArtifactDigest> artifact, ProofLog proof)
{
    private const string Hosted = BuildTypes.NpmRunner + "/github-hosted";
    private const string SelfHosted = BuildTypes.NpmRunner + "/self-hosted";

    public void Verify(Statement statement, SigningIdentity identity)
    {
        proof.Enter("builder");
        var signer = SignerBuilder.Read(identity);
        var delegated = BuildTypes.IsDelegator(signer.Name);
        if (delegated) BuilderRelease.CheckSigner(signer, identity.SourceRepository);
        ProvenanceCheck.CheckCertificateSource(identity, policy.Source);
        var expected = policy.BuilderId ?? throw new Refusal(VerificationError.InvalidBuilderID, "a package's builder must be named");
        CheckRunner(identity, delegated, expected);
        var provenance = ProvenanceReader.Read(statement, delegated ? signer.Name : expected);
        if (delegated) BuilderRelease.CheckDelegated(BuilderId.Parse(provenance.Builder), provenance.Source.Repository["git+".Length..]);
        var builder = Match(BuilderId.Parse(provenance.Builder), expected);
        proof.Proven($"built by {builder}");
        var check = new ProvenanceCheck(policy, artifact, proof);
        check.CheckClaims(statement, provenance, identity);
        if (!delegated)
        {
            CertificateClaims.Verify(provenance, identity);
            CertificateClaims.CheckPackage(statement, provenance);
        }
        check.Conclude(provenance, identity, builder);
    }

    private static void CheckRunner(SigningIdentity identity, bool delegated, string expected)
    {
        var runner = identity.RunnerEnvironment;
        if (delegated)
        {
            if (runner is not null and not "github-hosted") throw Mismatch("the builder ran on a machine of the project's own");
            return;
        }
        if (runner is not ("github-hosted" or "self-hosted")) throw new Refusal(VerificationError.NotSupported, "the certificate does not say where the build ran");
        if (expected is not (BuildTypes.NpmRunner or Hosted or SelfHosted)) throw new Refusal(VerificationError.NotSupported, $"'{JsonFields.Shown(expected)}' is not a builder of npm packages; expected {Hosted} or {SelfHosted}");
        if ((expected == SelfHosted) != (runner == "self-hosted")) throw Mismatch($"the build ran {runner}; expected {JsonFields.Shown(expected)}");
    }

    /// <summary>The first provenance of the npm program left out where it ran, and meant GitHub's machines.</summary>
    private static BuilderId Match(BuilderId named, string expected)
    {
        const string Suffix = "/github-hosted";
        var other = expected.EndsWith(Suffix, StringComparison.Ordinal) ? expected[..^Suffix.Length] : expected + Suffix;
        return named.Matches(BuilderId.Parse(expected)) || named.Matches(BuilderId.Parse(other))
            ? named
            : throw Mismatch($"the provenance is of the builder {JsonFields.Shown(named.ToString())}; expected {JsonFields.Shown(expected)}");
    }

    private static Refusal Mismatch(string message) => new(VerificationError.MismatchBuilderID, message);
}
