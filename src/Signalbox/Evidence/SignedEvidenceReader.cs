using Signalbox.Delivery;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence;

/// <summary>
/// Sigstore bundles and DSSE envelopes as evidence. Here it is proven that a signature holds and whose it is; whether that
/// somebody counts is the policy's word. What does not hold is recorded as such: it never speaks for a release.
/// </summary>
/// <param name="roots">Whom certificates are traced back to; asked for each piece, so that a newer root counts at once.</param>
public sealed class SignedEvidenceReader(Func<TrustedRoot> roots) : IEvidenceReader
{
    public SignedEvidenceReader(TrustedRoot root) : this(() => root)
    {
    }

    private const int MostBytes = 64 << 20;

    public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked)
    {
        if (SignedFiles.KindOf(content) != SignedFileKind.Bundle) return (null, null);
        if (content.Length > MostBytes) return (null, new("evidence-too-large", $"{asked.Name} has {content.Length:N0} bytes; a signed statement has at most {MostBytes:N0}"));
        var bytes = new byte[content.Length];
        content.Position = 0;
        content.ReadExactly(bytes);
        try
        {
            return Read(bytes, asked, roots());
        }
        catch (TrustedRootException e)
        {
            return (null, e.ToRefusal());
        }
    }

    private static (EvidenceReading?, EvidenceRefusal?) Read(byte[] bundle, EvidenceAsked asked, TrustedRoot root)
    {
        TrustedKey? key;
        try
        {
            key = asked.PublicKey is { } pem ? TrustedKey.FromPem(pem) : null;
        }
        catch (FormatException e)
        {
            return (null, new("evidence-key", $"the public key cannot be read: {e.Message}", "signalbox evidence add signature bundle.json --key cosign.pub --release RELEASE"));
        }
        var statement = SignedStatement.Read(bundle);
        var proven = Proven(bundle, statement, key, asked, root);
        return proven.Result.Accepted ? Accepted(bundle, statement, key, proven, asked, root) : Failed(proven.Result, key, asked);
    }

    /// <summary>
    /// That it holds, and which of the digests it is about: all that a statement names, the first of them proven with it. Of what only
    /// one digest can be held against, the first that holds.
    /// </summary>
    private static Proof Proven(byte[] bundle, SignedStatement? statement, TrustedKey? key, EvidenceAsked asked, TrustedRoot root)
    {
        var policy = new VerificationPolicy { Signers = key is null ? [] : [ExpectedSigner.Holder(key)], AnySigner = true };
        VerificationResult Verify(Digest digest) => BundleVerifier.Verify(bundle, root, policy with { Artifact = [new("sha256", digest.Hex)] }, asked.Now);
        if (statement is null)
        {
            var (about, held) = asked.FirstThatHolds(Verify);
            return new(held, [about]);
        }
        List<Digest> named = [.. asked.Subjects.Where(statement.Subjects.Contains)];
        return new(Verify(named is [var first, ..] ? first : asked.Subjects[0]), named);
    }

    /// <param name="About">Which of the digests that were asked about; at least one where the result is accepted.</param>
    private sealed record Proof(VerificationResult Result, IReadOnlyList<Digest> About);

    private static (EvidenceReading?, EvidenceRefusal?) Accepted(byte[] bundle, SignedStatement? statement, TrustedKey? key, Proof proven, EvidenceAsked asked, TrustedRoot root) => statement switch
    {
        null or { IsSignature: true } => Taken(EvidenceKind.Signature, new SignatureFact(key is null ? "sigstore" : "key"), bundle, proven),
        { IsProvenance: true } => Provenance(bundle, statement, key, proven, asked, root),
        { Report: { } report } => Wrapped(report, proven, asked),
        _ => (null, new("evidence-unknown", $"the statement's predicate is {statement.PredicateType}, which is not known here; expected SLSA provenance, CycloneDX, SPDX or OpenVEX", "signalbox verify bundle --help")),
    };

    /// <summary>A certificate proves builder and source: the statement's claims are held against it. Of a plain key's statement they are only claims.</summary>
    private static (EvidenceReading?, EvidenceRefusal?) Provenance(byte[] bundle, SignedStatement statement, TrustedKey? key, Proof proven, EvidenceAsked asked, TrustedRoot root)
    {
        if (statement.Claims is not { } claims) return (null, new("evidence-unreadable", $"{asked.Name} is no SLSA provenance 0.2 or 1 that can be read", "signalbox verify bundle --help"));
        if (key is not null || proven.Result.Facts.Signer is null)
            return Taken(EvidenceKind.Provenance, new ProvenanceFact(0, claims.Builder, claims.BuildType, claims.Source, claims.Ref, claims.Commit, claims.Parameters), bundle, proven);
        var result = BundleVerifier.Verify(bundle, root, new()
        {
            Artifact = [new("sha256", proven.About[0].Hex)],
            Provenance = new(claims.Repository ?? "") { BuilderId = claims.Builder },
        }, asked.Now);
        return result is { Accepted: true, Facts.Build: { } build }
            ? Taken(EvidenceKind.Provenance, new ProvenanceFact(build.Level, build.Builder, build.BuildType, build.Source, build.Ref, build.Commit, []), bundle, proven with { Result = result })
            : Failed(result, key, asked with { Asked = EvidenceKind.Provenance });
    }

    /// <summary>A report within a signed statement: the statement says what it is about.</summary>
    private static (EvidenceReading?, EvidenceRefusal?) Wrapped(byte[] report, Proof proven, EvidenceAsked asked)
    {
        using var stream = new MemoryStream(report, writable: false);
        var read = new ReportEvidenceReader().Read(stream, asked);
        if (read.Reading is not { } reading) return read;
        return (reading with { Facts = Signed(reading.Facts, proven.Result, proven.About), Verification = Verification(proven.Result) }, null);
    }

    private static (EvidenceReading?, EvidenceRefusal?) Taken(EvidenceKind kind, EvidenceFacts facts, byte[] bundle, Proof proven)
    {
        var signed = Signed(facts, proven.Result, proven.About);
        // an envelope alone has no member that says what it is
        var mediaType = JsonFields.Parse(bundle, "the bundle").Text("mediaType") ?? "application/vnd.dsse.envelope.v1+json";
        return (new(kind, mediaType, signed, Verification(proven.Result), $"by {signed.Signer}"), null);
    }

    private static (EvidenceReading?, EvidenceRefusal?) Failed(VerificationResult result, TrustedKey? key, EvidenceAsked asked)
    {
        if (asked.Asked is not (null or EvidenceKind.Signature or EvidenceKind.Provenance))
            return (null, new("evidence-not-verified", $"the signature over {asked.Name} does not hold: {result.Reason}", $"signalbox verify bundle --bundle {asked.Name}"));
        var kind = asked.Asked ?? EvidenceKind.Signature;
        EvidenceFacts facts = kind == EvidenceKind.Provenance ? new ProvenanceFact(0, "", "", null, null, null, []) : new SignatureFact(key is null ? "sigstore" : "key");
        return (new(kind, "application/json", facts, Verification(result), $"does not hold: {result.Reason}"), null);
    }

    internal static EvidenceFacts Signed(EvidenceFacts facts, VerificationResult result, params IReadOnlyList<Digest> about) => facts with
    {
        MadeAt = facts.MadeAt ?? (result.Facts.Times is [var first, ..] ? first.At : null),
        // a statement may be about much; what counts is that it is about these
        Names = about,
        Signer = result.Facts.Signer is { } name ? new(null, name, result.Facts.Issuer, result.Facts.SourceRepository)
            : result.Facts.KeyDigest is { } key ? new(Digest.FromHash(Convert.FromHexString(key)))
            : null,
    };

    internal static EvidenceVerification Verification(VerificationResult result) => new(
        result.Accepted ? VerificationVerdict.Verified : VerificationVerdict.Failed,
        [.. result.Steps.Select(step => $"{step.Link}: {step.Detail}"), .. result.Reason is { } reason ? [reason] : Array.Empty<string>()]);
}
