using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Diagnostics;

namespace Signalbox.Audit.Baselines;

/// <summary>The findings that were there when the audit was taken up: what is not among them is new.</summary>
public sealed class Baseline
{
    private readonly HashSet<string> _known;

    private Baseline(IEnumerable<string> known) => _known = new(known, StringComparer.Ordinal);

    public bool Has(string fingerprint) => _known.Contains(fingerprint);

    /// <exception cref="SignalboxException">There is no such file, or it is no baseline; exit code 3.</exception>
    public static Baseline Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize(stream, BaselineJson.Default.BaselineFile) is { Version: BaselineFile.Current, Findings: { } findings })
                return new(findings.Select(f => f.Fingerprint).OfType<string>());
            throw Refused(path, "is no baseline of this version");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Refused(path, e is JsonException ? "is no baseline" : "cannot be read");
        }
    }

    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static void Write(string path, IReadOnlyList<AuditFinding> findings, Fingerprints fingerprints)
    {
        var known = findings.Select(f => new KnownFinding(f.Rule.Id, f.Locations[0].Path, fingerprints.Of(f)))
            .OrderBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Rule, StringComparer.Ordinal).ThenBy(f => f.Fingerprint, StringComparer.Ordinal);
        File.WriteAllText(path, JsonSerializer.Serialize(new BaselineFile(BaselineFile.Current, [.. known]), BaselineJson.Default.BaselineFile) + "\n");
    }

    private static SignalboxException Refused(string path, string why) => new(3, Finding.Error(
        "audit-baseline", $"the baseline {path} {why}; expected a file that --write-baseline wrote", new(path), "signalbox audit --write-baseline signalbox-baseline.json"));
}

internal sealed record BaselineFile(int Version, IReadOnlyList<KnownFinding> Findings)
{
    public const int Current = 1;
}

/// <param name="Rule">For people who read the file; only the fingerprint counts.</param>
/// <param name="Path">As <paramref name="Rule"/>.</param>
internal sealed record KnownFinding(string Rule, string Path, string Fingerprint);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(BaselineFile))]
internal sealed partial class BaselineJson : JsonSerializerContext;
