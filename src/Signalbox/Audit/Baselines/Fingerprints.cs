using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Signalbox.Audit.Baselines;

/// <summary>
/// A name for each finding that stays when lines move: from rule, path, the text of its line and its message without numbers;
/// of several that are the same, from which one it is.
/// </summary>
internal sealed partial class Fingerprints
{
    private readonly Lazy<Dictionary<AuditFinding, string>> _known;

    /// <param name="findings">All of a run, in its order.</param>
    public Fingerprints(IEnumerable<AuditFinding> findings) => _known = new(() => Read(findings));

    private static Dictionary<AuditFinding, string> Read(IEnumerable<AuditFinding> findings)
    {
        var known = new Dictionary<AuditFinding, string>(ReferenceEqualityComparer.Instance);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            var key = Key(finding);
            ref var before = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, key, out _);
            known[finding] = Hash(key, before++);
        }
        return known;
    }

    /// <summary>32 hexadecimal digits.</summary>
    public string Of(AuditFinding finding) => _known.Value[finding];

    private static string Key(AuditFinding finding)
    {
        var at = finding.Locations[0];
        return string.Join('\0', finding.Rule.Id, at.Path, Squeezed(at.SourceLine ?? ""), WithoutNumbers(finding.Message));
    }

    private static string Hash(string key, int which)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(which == 0 ? key : $"{key}\0{which.ToString(CultureInfo.InvariantCulture)}"));
        return Convert.ToHexStringLower(bytes.AsSpan(0, 16));
    }

    // indentation changes where a job is moved into another
    private static string Squeezed(string line) => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // a message may name a line or a count
    private static string WithoutNumbers(string message) => Number().Replace(message, "0");

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
