using Signalbox.Delivery;
using Signalbox.Evidence.Verification;

namespace Signalbox.Evidence;

/// <summary>What is asked of a reader.</summary>
/// <param name="Asked">The kind that the content shall be of; null where the content tells.</param>
/// <param name="Name">The file's name, for messages and for telling formats apart.</param>
/// <param name="Subjects">The digests it shall be about: the subject first, then the release's others.</param>
/// <param name="PublicKey">PEM of the key that a keyed signature is checked with; whether that key counts is the policy's word.</param>
public sealed record EvidenceAsked(EvidenceKind? Asked, string Name, IReadOnlyList<Digest> Subjects, string? PublicKey, DateTimeOffset Now)
{
    /// <summary>The application that it speaks for alone; null where it speaks for whatever has its subject.</summary>
    public string? For { get; init; }

    /// <summary>Ends the reading of a long report.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>The first digest that it is proven to be about; else the first refusal that says more than that it is about another.</summary>
    internal (Digest About, VerificationResult Result) FirstThatHolds(Func<Digest, VerificationResult> verify)
    {
        (Digest About, VerificationResult Result)? refused = null;
        foreach (var digest in Subjects)
        {
            var result = verify(digest);
            if (result.Accepted) return (digest, result);
            if (refused is null || refused.Value.Result.Error == VerificationError.MismatchHash) refused = (digest, result);
        }
        return refused!.Value;
    }
}

/// <summary>What a reader made of content.</summary>
public sealed record EvidenceReading(EvidenceKind Kind, string MediaType, EvidenceFacts Facts, EvidenceVerification Verification, string Summary);

/// <summary>Content that is not what it should be.</summary>
/// <param name="Id">kebab-case and stable, as a finding's.</param>
public sealed record EvidenceRefusal(string Id, string Message, string? Help = null);

/// <summary>A reader of one family of formats. Hostile content is normal: it never throws for what it reads.</summary>
public interface IEvidenceReader
{
    /// <param name="content">Seekable, at its beginning; the reader need not read all of it.</param>
    /// <returns>Both null where the content is of another family.</returns>
    (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked);
}
