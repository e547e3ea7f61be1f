namespace Signalbox.Evidence.Reports.Scans;

/// <summary>The base score of a CVSS 3.0 or 3.1 vector, for reports that give the vector alone (https://www.first.org/cvss/v3.1/specification-document, 7.1).</summary>
internal static class Cvss
{
    /// <returns>From 0 to 10; null for another version, version 4 with its lookup tables among them, and for a vector that lacks a metric.</returns>
    public static double? BaseScore(string? vector)
    {
        if (vector is null || !vector.StartsWith("CVSS:3", StringComparison.Ordinal)) return null;
        var metrics = new Dictionary<string, string>();
        foreach (var part in vector.Split('/'))
            if (part.Split(':') is [var name, var value]) metrics[name] = value;
        var scopeChanges = metrics.GetValueOrDefault("S") == "C";
        var impact = Impact(metrics, scopeChanges);
        var exploitability = Exploitability(metrics, scopeChanges);
        return impact is null || exploitability is null ? null : Score(impact.Value, exploitability.Value, scopeChanges);
    }

    private static double Score(double impact, double exploitability, bool scopeChanges) =>
        impact <= 0 ? 0 : RoundUp(Math.Min(scopeChanges ? 1.08 * (impact + exploitability) : impact + exploitability, 10));

    private static double? Impact(Dictionary<string, string> metrics, bool scopeChanges)
    {
        if (Loss(metrics, "C") is not { } c || Loss(metrics, "I") is not { } i || Loss(metrics, "A") is not { } a) return null;
        var sub = 1 - (1 - c) * (1 - i) * (1 - a);
        return scopeChanges ? 7.52 * (sub - 0.029) - 3.25 * Math.Pow(sub - 0.02, 15) : 6.42 * sub;
    }

    private static double? Loss(Dictionary<string, string> metrics, string name) => metrics.GetValueOrDefault(name) switch
    {
        "H" => 0.56,
        "L" => 0.22,
        "N" => 0,
        _ => null,
    };

    private static double? Exploitability(Dictionary<string, string> metrics, bool scopeChanges)
    {
        double? vector = metrics.GetValueOrDefault("AV") switch { "N" => 0.85, "A" => 0.62, "L" => 0.55, "P" => 0.2, _ => null };
        double? complexity = metrics.GetValueOrDefault("AC") switch { "L" => 0.77, "H" => 0.44, _ => null };
        double? privileges = (metrics.GetValueOrDefault("PR"), scopeChanges) switch
        {
            ("N", _) => 0.85,
            ("L", false) => 0.62,
            ("L", true) => 0.68,
            ("H", false) => 0.27,
            ("H", true) => 0.5,
            _ => null,
        };
        double? interaction = metrics.GetValueOrDefault("UI") switch { "N" => 0.85, "R" => 0.62, _ => null };
        return 8.22 * vector * complexity * privileges * interaction;
    }

    /// <summary>The smallest number with one decimal that is not less; in whole hundred-thousandths, as the specification's appendix A does it.</summary>
    private static double RoundUp(double score)
    {
        var whole = (int)Math.Round(score * 100_000);
        return whole % 10_000 == 0 ? whole / 100_000.0 : (Math.Floor(whole / 10_000.0) + 1) / 10;
    }
}
