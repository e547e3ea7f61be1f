using System.Text;
using Signalbox.Delivery;
using Signalbox.Evidence.Verification;
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

    private const int MostBytes = 64 << 20, LookedAt = 256 << 10;

    public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked)
    {
        if (!IsSigned(content)) return (null, null);
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
        var proven = Proven(bundle, key, asked, root);
        return proven.Result.Accepted ? Accepted(bundle, key, proven, asked, root) : Failed(proven.Result, key, asked);
    }

    /// <summary>Which of the digests it is about, the first that holds; else the last refusal that says more than that it is about another.</summary>
    private static (VerificationResult Result, Digest About) Proven(byte[] bundle, TrustedKey? key, EvidenceAsked asked, TrustedRoot root)
    {
        (VerificationResult Result, Digest About)? refused = null;
        foreach (var digest in asked.Subjects)
        {
            var result = Verify(bundle, Policy(key) with { Artifact = [new("sha256", digest.Hex)] }, asked.Now, root);
            if (result.Accepted) return (result, digest);
            if (refused is null || refused.Value.Result.Error == VerificationError.MismatchHash) refused = (result, digest);
        }
        return refused!.Value;
    }

    /// <summary>Whoever signed is taken at first, and then asked for by name: the name is proven, not chosen.</summary>
    private static VerificationResult Verify(byte[] bundle, VerificationPolicy policy, DateTimeOffset now, TrustedRoot root)
    {
        var first = BundleVerifier.Verify(bundle, root, policy, now);
        return first is { Error: VerificationError.NoExpectation, Facts: { Signer: { } signer, Issuer: { } issuer } }
            ? BundleVerifier.Verify(bundle, root, policy with { Signers = [ExpectedSigner.Identity(signer, issuer)] }, now)
            : first;
    }

    private static VerificationPolicy Policy(TrustedKey? key) => new() { Signers = key is null ? [] : [ExpectedSigner.Holder(key)] };

    private static (EvidenceReading?, EvidenceRefusal?) Accepted(byte[] bundle, TrustedKey? key, (VerificationResult Result, Digest About) proven, EvidenceAsked asked, TrustedRoot root)
    {
        var statement = SignedStatement.Read(bundle);
        return statement switch
        {
            null or { IsSignature: true } => Taken(EvidenceKind.Signature, new SignatureFact(key is null ? "sigstore" : "key"), proven.Result, proven.About),
            { IsProvenance: true } => Provenance(bundle, statement, key, proven, asked, root),
            { Report: { } report } => Wrapped(report, proven, asked),
            _ => (null, new("evidence-unknown", $"the statement's predicate is {statement.PredicateType}, which is not known here; expected SLSA provenance, CycloneDX, SPDX or OpenVEX", "signalbox verify bundle --help")),
        };
    }

    /// <summary>A certificate proves builder and source: the statement's claims are held against it. Of a plain key's statement they are only claims.</summary>
    private static (EvidenceReading?, EvidenceRefusal?) Provenance(byte[] bundle, SignedStatement statement, TrustedKey? key, (VerificationResult Result, Digest About) proven, EvidenceAsked asked, TrustedRoot root)
    {
        if (statement.Claims is not { } claims) return (null, new("evidence-unreadable", $"{asked.Name} is no SLSA provenance 0.2 or 1 that can be read", "signalbox verify bundle --help"));
        if (key is not null || proven.Result.Facts.Signer is null)
            return Taken(EvidenceKind.Provenance, new ProvenanceFact(0, claims.Builder, claims.BuildType, claims.Source, claims.Ref, claims.Commit, claims.Parameters), proven.Result, proven.About);
        var result = BundleVerifier.Verify(bundle, root, new()
        {
            Artifact = [new("sha256", proven.About.Hex)],
            Provenance = new(claims.Repository ?? "") { BuilderId = claims.Builder },
        }, asked.Now);
        return result is { Accepted: true, Facts.Build: { } build }
            ? Taken(EvidenceKind.Provenance, new ProvenanceFact(build.Level, build.Builder, build.BuildType, build.Source, build.Ref, build.Commit, []), result, proven.About)
            : Failed(result, key, asked with { Asked = EvidenceKind.Provenance });
    }

    /// <summary>A report within a signed statement: the statement says what it is about.</summary>
    private static (EvidenceReading?, EvidenceRefusal?) Wrapped(byte[] report, (VerificationResult Result, Digest About) proven, EvidenceAsked asked)
    {
        using var stream = new MemoryStream(report, writable: false);
        var read = new ReportEvidenceReader().Read(stream, asked);
        if (read.Reading is not { } reading) return read;
        return (reading with { Facts = Signed(reading.Facts, proven.Result, proven.About), Verification = Verification(proven.Result) }, null);
    }

    private static (EvidenceReading?, EvidenceRefusal?) Taken(EvidenceKind kind, EvidenceFacts facts, VerificationResult result, Digest about)
    {
        var signed = Signed(facts, result, about);
        return (new(kind, "application/vnd.dev.sigstore.bundle.v0.3+json", signed, Verification(result), $"by {signed.Signer}"), null);
    }

    private static (EvidenceReading?, EvidenceRefusal?) Failed(VerificationResult result, TrustedKey? key, EvidenceAsked asked)
    {
        if (asked.Asked is not (null or EvidenceKind.Signature or EvidenceKind.Provenance))
            return (null, new("evidence-not-verified", $"the signature over {asked.Name} does not hold: {result.Reason}", $"signalbox verify bundle --bundle {asked.Name}"));
        var kind = asked.Asked ?? EvidenceKind.Signature;
        EvidenceFacts facts = kind == EvidenceKind.Provenance ? new ProvenanceFact(0, "", "", null, null, null, []) : new SignatureFact(key is null ? "sigstore" : "key");
        return (new(kind, "application/json", facts, Verification(result), $"does not hold: {result.Reason}"), null);
    }

    internal static EvidenceFacts Signed(EvidenceFacts facts, VerificationResult result, Digest about) => facts with
    {
        MadeAt = facts.MadeAt ?? (result.Facts.Times is [var first, ..] ? first.At : null),
        // a statement may be about much; what counts is that it is about this
        Names = [about],
        Signer = result.Facts.Signer is { } name ? new(null, name, result.Facts.Issuer)
            : result.Facts.KeyDigest is { } key ? new(Digest.FromHash(Convert.FromHexString(key)))
            : null,
    };

    internal static EvidenceVerification Verification(VerificationResult result) => new(
        result.Accepted ? VerificationVerdict.Verified : VerificationVerdict.Failed,
        [.. result.Steps.Select(step => $"{step.Link}: {step.Detail}"), .. result.Reason is { } reason ? [reason] : Array.Empty<string>()]);

    private static bool IsSigned(Stream content)
    {
        var head = new byte[(int)Math.Min(LookedAt, content.Length)];
        content.Position = 0;
        content.ReadExactly(head);
        var text = Encoding.Latin1.GetString(head).TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        return text.StartsWith('{') && (text.Contains("application/vnd.dev.sigstore.bundle", StringComparison.Ordinal)
            || (text.Contains("\"payloadType\"", StringComparison.Ordinal) && text.Contains("\"signatures\"", StringComparison.Ordinal)));
    }
}
