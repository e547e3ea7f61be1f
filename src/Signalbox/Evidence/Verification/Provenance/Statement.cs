using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>An in-toto statement, version 0.1 or 1 (github.com/in-toto/attestation): what is claimed about which digests.</summary>
internal sealed record Statement(string Type, IReadOnlyList<VerifiedSubject> Subjects, string PredicateType, JsonFields? Predicate)
{
    public const string PayloadType = "application/vnd.in-toto+json";

    private static readonly string[] s_types = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"];

    // all of them are read before any signature is: forges take 1,024, and a digest for each algorithm there is
    private const int MostSubjects = 10_000, MostDigests = 20;

    /// <exception cref="Refusal">The envelope holds no statement.</exception>
    public static Statement Read(DsseEnvelope envelope)
    {
        if (envelope.PayloadType != PayloadType) throw Invalid($"the payload's type is '{JsonFields.Shown(envelope.PayloadType)}'; expected {PayloadType}");
        try
        {
            return Read(JsonFields.Parse(envelope.Payload, "the statement"));
        }
        catch (MalformedException e)
        {
            throw Invalid(e.Message);
        }
    }

    private static Statement Read(JsonFields statement)
    {
        var type = statement.RequiredText("_type");
        if (!s_types.Contains(type)) throw Invalid($"the statement's type is '{JsonFields.Shown(type)}'; expected an in-toto statement 0.1 or 1");
        // before a list of them is made
        if (statement.Element.TryGetProperty("subject"u8, out var listed) && listed.ValueKind == JsonValueKind.Array && listed.GetArrayLength() is > MostSubjects and var many) throw Invalid($"the statement has {many} subjects; expected at most {MostSubjects}");
        var subjects = statement.Objects("subject");
        if (subjects.Count == 0) throw Invalid("the statement has 0 subjects");
        return new(type, [.. subjects.Select(ReadSubject)], statement.RequiredText("predicateType"), statement.Object("predicate"));
    }

    private static VerifiedSubject ReadSubject(JsonFields subject)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in subject.RequiredObject("digest").Element.EnumerateObject())
            if (digests.Count == MostDigests) throw Invalid($"a subject has more than {MostDigests} digests");
            else digests[entry.Name] = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : throw Invalid("a subject's digest is not text");
        return new(subject.Text("name") ?? "", digests);
    }

    /// <summary>The first subject that has one of the artifact's digests and contradicts none.</summary>
    public VerifiedSubject? Find(IReadOnlyList<ArtifactDigest> artifact) =>
        Subjects.FirstOrDefault(subject => Matches(subject, artifact));

    private static bool Matches(VerifiedSubject subject, IReadOnlyList<ArtifactDigest> artifact)
    {
        var comparable = artifact.Where(digest => subject.Digests.ContainsKey(digest.Algorithm)).ToList();
        return comparable.Count > 0 && comparable.TrueForAll(digest => subject.Digests[digest.Algorithm] == digest.Hex);
    }

    private static Refusal Invalid(string message) => new(VerificationError.InvalidDssePayload, message);
}
