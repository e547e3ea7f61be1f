using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Evidence.Verification;

/// <summary>What became of one link of the chain from the artifact to what is trusted.</summary>
public enum LinkOutcome { Proven, Refused, NotAsked }

/// <summary>One link of the chain, in the order it was looked at.</summary>
/// <param name="Link">A stable name: format, time, certificate, certificate-log, log-promise, log-inclusion, log-entry, signature, artifact, signer, builder, source, ref, parameters, level, package.</param>
/// <param name="Detail">Lower case, no full stop: what was proven, or what was seen and what was expected.</param>
public sealed record VerificationStep(string Link, LinkOutcome Outcome, string Detail);

/// <summary>The verdict over one bundle.</summary>
/// <param name="Accepted">True only where every check that was asked for passed.</param>
/// <param name="Error">Null where accepted.</param>
/// <param name="Reason">Why not, in one line; null where accepted.</param>
/// <param name="Steps">Every link that was looked at; the last is the refused one where there is a refusal.</param>
/// <param name="Facts">What the proven links say; nothing in it is unproven, so it is partial where the bundle was refused.</param>
public sealed record VerificationResult(
    bool Accepted, VerificationError? Error, string? Reason, IReadOnlyList<VerificationStep> Steps, VerifiedFacts Facts);

/// <summary>A thing the statement speaks about, with its digests by algorithm in lower-case hex.</summary>
public sealed record VerifiedSubject(string Name, IReadOnlyDictionary<string, string> Digests);

/// <summary>When something trusted saw the signature.</summary>
/// <param name="Source">What saw it: <c>log NAME</c> or <c>timestamp NAME</c>.</param>
public sealed record VerifiedTime(string Source, DateTimeOffset At);

/// <summary>What was proven, filled link by link.</summary>
public sealed record VerifiedFacts
{
    /// <summary>The subject alternative name of the signing certificate (a URI or an e-mail address); null for a plain key.</summary>
    public string? Signer { get; init; }

    /// <summary>The OpenID Connect issuer that vouched for the signer.</summary>
    public string? Issuer { get; init; }

    /// <summary>The repository whose run signed, as the certificate says it (<c>https://github.com/OWNER/REPO</c>); null where it does not.</summary>
    public string? SourceRepository { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo that verified the signature, in hex.</summary>
    public string? KeyDigest { get; init; }

    public IReadOnlyList<VerifiedTime> Times { get; init; } = [];

    /// <summary>Index in the log's tree of the first entry whose inclusion was proven; null where none was.</summary>
    public long? LogIndex { get; init; }

    /// <summary>The in-toto predicate type; null where a plain message was signed.</summary>
    public string? PredicateType { get; init; }

    public IReadOnlyList<VerifiedSubject> Subjects { get; init; } = [];

    /// <summary>What the provenance says about the build; null where it is none or was not asked for.</summary>
    public BuildFacts? Build { get; init; }
}
