using System.Text;
using System.Text.RegularExpressions;
using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence;

/// <summary>
/// What a scanner looked for. No finding means something only for that: a run of Trivy over configuration files
/// finds no vulnerability in any image.
/// </summary>
internal static partial class ScanCoverage
{
    private const int Chunk = 64 << 10, Overlap = 256;

    public static IReadOnlyList<FindingKind> Of(string tool, IReadOnlyList<ScanFinding> findings, Stream content) =>
        [.. findings.Select(finding => finding.Kind).Concat(ByTool(tool, content)).Where(kind => tool != "zap" && (tool != "sarif" || kind == FindingKind.Code)).Distinct().Order()];

    private static IEnumerable<FindingKind> ByTool(string tool, Stream content) => tool switch
    {
        "grype" or "snyk" or "osv-scanner" or "npm-audit" or "dependency-check" or "cyclonedx" => [FindingKind.Vulnerability],
        "semgrep" or "sonarqube" or "sarif" => [FindingKind.Code],
        "checkov" or "kubescape" => [FindingKind.Misconfiguration],
        "gitleaks" => [FindingKind.Secret],
        // each of its results names the class of what was looked at, also where nothing was found
        "trivy" => Mentions(content, TrivyPackages()) ? [FindingKind.Vulnerability] : [],
        "gitlab" => Mentions(content, GitLabDependencies()) ? [FindingKind.Vulnerability] : Mentions(content, GitLabCode()) ? [FindingKind.Code] : Mentions(content, GitLabSecrets()) ? [FindingKind.Secret] : [],
        _ => [],
    };

    /// <summary>Looks for a member of the JSON text. Within a string its quotes would be escaped, so that no text can pass for one.</summary>
    private static bool Mentions(Stream content, Regex member)
    {
        content.Position = 0;
        var (buffer, kept) = (new byte[Chunk + Overlap], 0);
        for (int read; (read = content.ReadAtLeast(buffer.AsSpan(kept, Chunk), Chunk, throwOnEndOfStream: false)) > 0;)
        {
            if (member.IsMatch(Encoding.Latin1.GetString(buffer, 0, kept + read))) return true;
            var tail = Math.Min(Overlap, kept + read);
            buffer.AsSpan(kept + read - tail, tail).CopyTo(buffer);
            kept = tail;
        }
        return false;
    }

    [GeneratedRegex("\"Class\"\\s{0,8}:\\s{0,8}\"(os|lang)-pkgs\"", RegexOptions.CultureInvariant)]
    private static partial Regex TrivyPackages();

    [GeneratedRegex("\"type\"\\s{0,8}:\\s{0,8}\"(dependency|container)_scanning\"", RegexOptions.CultureInvariant)]
    private static partial Regex GitLabDependencies();

    [GeneratedRegex("\"type\"\\s{0,8}:\\s{0,8}\"sast\"", RegexOptions.CultureInvariant)]
    private static partial Regex GitLabCode();

    [GeneratedRegex("\"type\"\\s{0,8}:\\s{0,8}\"secret_detection\"", RegexOptions.CultureInvariant)]
    private static partial Regex GitLabSecrets();
}
