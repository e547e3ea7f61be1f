using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>
/// Holds proven provenance against what is expected of it, in slsa-verifier's order, so that the first thing that is
/// wrong is the one it would name: the builder that signed, the source in the certificate, then what the provenance says.
/// </summary>
internal sealed class ProvenanceCheck(ProvenancePolicy policy, IReadOnlyList<ArtifactDigest> artifact, ProofLog proof)
{
    /// <exception cref="Refusal">Something is not as expected.</exception>
    public void Verify(Statement statement, SigningIdentity identity)
    {
        proof.Enter("builder");
        var signer = SignerBuilder.Verify(identity, policy.BuilderId);
        CheckCertificateSource(identity, policy.Source);
        var provenance = ProvenanceReader.Read(statement, signer.Name);
        var builder = BuilderMatch.Verify(provenance, signer, policy.BuilderId);
        proof.Proven($"built by {builder}");
        CheckClaims(statement, provenance, identity);
        if (provenance.Type.Shape == BuildShape.Workflow) CertificateClaims.Verify(provenance, identity);
        Conclude(provenance, identity, builder);
    }

    /// <summary>What npm's list and bare provenance have in common behind the builder.</summary>
    public void CheckClaims(Statement statement, SlsaProvenance provenance, SigningIdentity identity)
    {
        proof.Enter("source");
        CheckSource(provenance, identity);
        proof.Proven($"built from {provenance.Source.Repository}");
        proof.Enter("artifact");
        CheckArtifact(statement);
        proof.Enter("ref");
        CheckRef(provenance);
        proof.Enter("parameters");
        CheckParameters(provenance);
    }

    /// <summary>The unforgeable half: the identity provider named the repository, not the build.</summary>
    public static void CheckCertificateSource(SigningIdentity identity, string source)
    {
        if (!CheckSameSource(identity, source).StartsWith("https://github.com/", StringComparison.Ordinal)) throw new Refusal(VerificationError.MalformedURI, $"'{JsonFields.Shown(source)}' is not a repository of github.com");
    }

    /// <summary>The same of any host's, where no provenance is read.</summary>
    /// <returns>The repository as the certificate has it.</returns>
    public static string CheckSameSource(SigningIdentity identity, string source)
    {
        var expected = source.StartsWith("git+", StringComparison.Ordinal) ? source["git+".Length..] : source;
        expected = expected.StartsWith("https://", StringComparison.Ordinal) ? expected : "https://" + expected;
        return identity.SourceRepository == expected ? expected
            : throw new Refusal(VerificationError.MismatchSource, $"the certificate is for a build of '{JsonFields.Shown(identity.SourceRepository ?? "no repository")}'; expected '{JsonFields.Shown(expected)}'");
    }

    private void CheckSource(SlsaProvenance provenance, SigningIdentity identity)
    {
        var expected = GitSource.Normalise(policy.Source);
        if (provenance.Trigger.Repository != expected) throw Mismatch(provenance.Trigger.Repository, expected, "triggered from");
        if (provenance.Trigger.Ref is not { } triggered) throw new Refusal(VerificationError.MalformedURI, "the provenance does not say which reference triggered the build");
        if (provenance.Source.Repository != expected) throw Mismatch(provenance.Source.Repository, expected, "built from");
        CheckSourceRef(provenance, triggered);
        // what the project's own workflow wrote is believed where the certificate says it too; a trusted builder's word stands alone where that is older than the claim
        if (identity.SourceRef is null ? provenance.Type.Shape == BuildShape.Workflow : identity.SourceRef != triggered)
            throw new Refusal(VerificationError.MismatchCertificate, $"the provenance says {JsonFields.Shown(triggered)}, the certificate {JsonFields.Shown(identity.SourceRef ?? "nothing")}");
    }

    // a delegated builder may build a commit it made itself, and the first npm provenance did not say the reference
    private static void CheckSourceRef(SlsaProvenance provenance, string triggered)
    {
        if (provenance.Source.Ref is null && (provenance.Type.Shape == BuildShape.Delegated || provenance.Type.Uri == "https://github.com/npm/cli/gha@v1")) return;
        if (provenance.Source.Ref is not { } built) throw new Refusal(VerificationError.MalformedURI, "the provenance does not say which reference was built");
        if (built != triggered) throw new Refusal(VerificationError.InvalidDssePayload, $"the build was triggered from {JsonFields.Shown(triggered)} and built {JsonFields.Shown(built)}");
    }

    private void CheckArtifact(Statement statement)
    {
        var subject = statement.Find(artifact)
            ?? throw new Refusal(VerificationError.MismatchHash, $"no subject of the statement has the digest {string.Join(" or ", artifact.Take(2))}");
        proof.Proven($"{JsonFields.Shown(subject.Name)} has the digest {artifact.First(digest => subject.Digests.ContainsKey(digest.Algorithm))}");
    }

    private void CheckRef(SlsaProvenance provenance)
    {
        if (policy is { Branch: null, Tag: null, VersionedTag: null })
        {
            proof.NotAsked("ref", "no branch or tag was asked for");
            return;
        }
        var reference = provenance.Ref ?? throw new Refusal(VerificationError.InvalidDssePayload, "the provenance does not say which branch or tag was built");
        if (policy.Branch is { } branch) CheckName(GitRef.Branch(reference), branch, "branch", reference, VerificationError.MismatchBranch);
        if (policy.Tag is { } tag) CheckName(GitRef.Tag(reference), tag, "tag", reference, VerificationError.MismatchTag);
        if (policy.VersionedTag is { } version) CheckVersion(reference, version);
        proof.Proven($"built {reference}");
    }

    private static void CheckName(string? name, string expected, string kind, string reference, VerificationError error)
    {
        if (name is null) throw new Refusal(VerificationError.InvalidRef, $"the build is of '{JsonFields.Shown(reference)}', which is not a {kind}; expected the {kind} '{JsonFields.Shown(expected)}'");
        if (name != expected) throw new Refusal(error, $"the build is of the {kind} '{JsonFields.Shown(name)}'; expected '{JsonFields.Shown(expected)}'");
    }

    private static void CheckVersion(string reference, string expected)
    {
        var tag = GitRef.Tag(reference) ?? throw new Refusal(VerificationError.InvalidRef, $"the build is of '{JsonFields.Shown(reference)}', which is not a tag; expected a version {JsonFields.Shown(expected)}");
        if (Version(tag).Matches(Version(expected))) return;
        throw new Refusal(VerificationError.MismatchVersionedTag, $"the build is of the tag '{JsonFields.Shown(tag)}'; expected a version {JsonFields.Shown(expected)}");
    }

    private static SemanticVersion Version(string text) => SemanticVersion.TryParse(text)
        ?? throw new Refusal(VerificationError.InvalidSemver, $"'{JsonFields.Shown(text)}' is not a semantic version such as v1.2.3");

    private void CheckParameters(SlsaProvenance provenance)
    {
        if (provenance.External is { } external)
            foreach (var parameter in external.Element.EnumerateObject())
                if (!provenance.Type.Parameters.Contains(parameter.Name))
                    throw new Refusal(VerificationError.UnknownParameter, $"the build had the parameter '{JsonFields.Shown(parameter.Name)}' from outside, which its build type does not know");
        if (policy.Inputs.Count == 0) return;
        var inputs = provenance.Inputs();
        foreach (var (name, value) in policy.Inputs)
            if (!inputs.Has(name) || inputs.Element.GetProperty(name) is var seen && seen.ToString() != value)
                throw new Refusal(VerificationError.UnknownParameter, $"the build's input '{JsonFields.Shown(name)}' is not '{JsonFields.Shown(value)}'");
        proof.Proven($"the inputs {string.Join(", ", policy.Inputs.Keys)} are as expected");
    }

    /// <summary>Writes down the build's facts and holds the level against the demand.</summary>
    public void Conclude(SlsaProvenance provenance, SigningIdentity identity, BuilderId builder)
    {
        proof.Enter("level");
        var level = BuildLevel.Of(provenance, identity);
        proof.Facts = proof.Facts with { Build = new(builder.ToString(), provenance.Type.Uri, provenance.Source.Repository, provenance.Ref, identity.SourceCommit, level) };
        if (level < policy.MinimumLevel) throw new Refusal(VerificationError.LevelTooLow, $"the builder reaches SLSA build level {level}; expected at least {policy.MinimumLevel}");
        proof.Proven($"SLSA build level {level}");
    }

    private static Refusal Mismatch(string seen, string expected, string how) =>
        new(VerificationError.MismatchSource, $"the provenance says it was {how} '{JsonFields.Shown(seen)}'; expected '{JsonFields.Shown(expected)}'");
}
