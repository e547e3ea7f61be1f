using System.Text.Json;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Real attestations with rows that say what a verifier must answer; kept beside the repository, not in it.</summary>
internal static class EvidenceCases
{
    private static readonly string s_root = Path.Combine(Cases.Root, "..", "shared", "evidence-cases", "attestations");

    public static bool Exist => File.Exists(Path.Combine(s_root, "expected.jsonl"));

    /// <summary>Long after every bundle was made.</summary>
    public static DateTimeOffset Now { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TrustedRoot TrustedRoot() => Signalbox.Evidence.Verification.Trust.TrustedRoot.Read(File.ReadAllBytes(Path.Combine(s_root, "trusted_root.json")));

    public static IReadOnlyList<EvidenceCase> Rows() => [.. File.ReadLines(Path.Combine(s_root, "expected.jsonl")).Select(Parse)];

    public static byte[] Bundle(string name) => File.ReadAllBytes(Path.Combine(s_root, "bundles", name));

    private static EvidenceCase Parse(string line)
    {
        var row = JsonDocument.Parse(line).RootElement;
        string? Text(string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;
        var policy = new VerificationPolicy
        {
            Artifact = [.. new[] { ("sha256", Text("artifact_sha256")), ("sha512", Text("artifact_sha512")) }.Where(d => d.Item2 is not null).Select(d => new ArtifactDigest(d.Item1, d.Item2!))],
            Provenance = new(Text("source")!) { Branch = Text("branch"), Tag = Text("tag"), VersionedTag = Text("versioned_tag"), BuilderId = Text("builder_id") },
        };
        return new(Text("bundle")!, Text("case")!, policy, Text("expect")!);
    }
}

internal sealed record EvidenceCase(string Bundle, string Name, VerificationPolicy Policy, string Expect)
{
    public override string ToString() => $"{Bundle} [{Name}] builder={Policy.Provenance?.BuilderId}";
}
