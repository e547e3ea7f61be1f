using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Evidence;

/// <summary>
/// A fact about a subject, as the ledger has it: immutable. Its content and the facts read from it lie in the content
/// store under their digests.
/// </summary>
/// <param name="Id">See <see cref="EvidenceId"/>.</param>
/// <param name="Subject">Digest of an artifact, or of a whole release (<see cref="ReleaseDigest"/>).</param>
/// <param name="By">The principal that handed it in.</param>
/// <param name="At">When it was recorded (UTC).</param>
/// <param name="Facts">Digest of the canonical JSON of <see cref="EvidenceFacts"/>.</param>
/// <param name="Summary">One line for people; decides nothing.</param>
/// <param name="Sequence">Its place in the ledger.</param>
/// <param name="AlsoOf">Subjects that the very same content was recorded for before: what is true of them need not be true of this one.</param>
public sealed record EvidenceRecord(
    Digest Id, EvidenceKind Kind, Digest Subject, Principal By, DateTimeOffset At, EvidenceSource Source,
    EvidenceContent Content, EvidenceVerification Verification, Digest Facts, string Summary, long Sequence,
    IReadOnlyList<Digest> AlsoOf)
{
    /// <summary>By whom, name by name as in <see cref="AlsoOf"/>; null in records of versions that did not say, and where there is none.</summary>
    public IReadOnlyList<string>? AlsoBy { get; init; }

    /// <summary>Bytes of the facts; null in records of versions that did not say.</summary>
    public long? FactsSize { get; init; }

    /// <summary>
    /// The application that the token which handed it in is for: it speaks for that application's releases alone. Null where the
    /// token is for every application, and in records of versions that did not say.
    /// </summary>
    public string? For { get; init; }

    /// <summary>Whether it speaks for an application's releases.</summary>
    public bool IsFor(string application) => For is null || For == application;
}

[JsonConverter(typeof(JsonStringEnumConverter<EvidenceOrigin>))]
public enum EvidenceOrigin { File, Folder, Registry, Pipeline, ControlPlane }

/// <param name="Where">The file's name, the registry's reference, the pipeline's run; text from outside, at most 512 characters.</param>
public sealed record EvidenceSource(EvidenceOrigin Origin, string Where);

/// <param name="Size">Bytes.</param>
public sealed record EvidenceContent(Digest Digest, long Size, string MediaType);

[JsonConverter(typeof(JsonStringEnumConverter<VerificationVerdict>))]
public enum VerificationVerdict
{
    /// <summary>Signed, and every link from the signature to a trusted root or key holds.</summary>
    Verified,

    /// <summary>Signed, and something does not hold.</summary>
    Failed,

    /// <summary>Not signed: believed on the word of who handed it in.</summary>
    Unsigned,
}

/// <param name="Steps">Link by link: what was proven and what was not.</param>
public sealed record EvidenceVerification(VerificationVerdict Verdict, IReadOnlyList<string> Steps)
{
    public static EvidenceVerification Unsigned { get; } = new(VerificationVerdict.Unsigned, []);
}

/// <summary>
/// The same content about the same subject is the same evidence of who brings it: adding it twice changes nothing.
/// SHA-256 over kind, subject and content digest, each with its length before it (docs/spec/ledger.md, "The hash"); where somebody
/// else's record has that id already, over the principal's name too (docs/decisions/0115). What speaks for one application alone has
/// ids that no other record has: they are over the application, too (docs/decisions/0121).
/// </summary>
public static class EvidenceId
{
    public static Digest Of(EvidenceKind kind, Digest subject, Digest content, string? application = null)
    {
        if (application is not null) return Of(kind, subject, content, application, "");
        using var envelope = new EnvelopeHash("signalbox.evidence.v1");
        return Digest.FromHash(envelope.Text(kind.Word()).Text(subject.Value).Text(content.Value).Finish());
    }

    /// <summary>Of a record beside the first one of the same content.</summary>
    public static Digest Of(EvidenceKind kind, Digest subject, Digest content, string? application, Principal by)
    {
        if (application is not null) return Of(kind, subject, content, application, by.Name);
        using var envelope = new EnvelopeHash("signalbox.evidence.v2");
        return Digest.FromHash(envelope.Text(kind.Word()).Text(subject.Value).Text(content.Value).Text(by.Name).Finish());
    }

    /// <param name="by">Empty for the first one.</param>
    private static Digest Of(EvidenceKind kind, Digest subject, Digest content, string application, string by)
    {
        using var envelope = new EnvelopeHash("signalbox.evidence.v3");
        return Digest.FromHash(envelope.Text(kind.Word()).Text(subject.Value).Text(content.Value).Text(application).Text(by).Finish());
    }
}
