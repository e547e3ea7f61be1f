namespace Signalbox.Evidence.Reports;

/// <summary>A finding after the VEX statements on it were heard.</summary>
/// <param name="SetAside">Why it does not count; null where it counts.</param>
/// <param name="Until">When it begins to count again; null where it counts now.</param>
public sealed record JudgedFinding(ScanFinding Finding, string? SetAside, DateTimeOffset? Until);

/// <summary>
/// Applies VEX statements to findings. Every doubt lets the finding stand: a statement without a time or from the future, one
/// that is too old, one that gives no reason, two of the same time that disagree, one on another product.
/// </summary>
public static class VexApplication
{
    /// <summary>Clocks differ by less than this.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    /// <summary>How often a product is held against a finding, at most: some seconds' work.</summary>
    internal const long MostLooks = 5_000_000;

    /// <summary>How often <see cref="Apply"/> would hold a product against a finding.</summary>
    internal static long Looks(IEnumerable<ScanFinding> findings, IReadOnlyList<VexStatement> statements)
    {
        if (statements.Count == 0) return 0;
        var products = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in statements)
            foreach (var id in statement.Vulnerabilities) products[id] = products.GetValueOrDefault(id) + statement.Products.Sum(product => 1L + product.Subcomponents.Count);
        return findings.Sum(finding => finding.Ids.Sum(id => products.GetValueOrDefault(id)));
    }

    /// <param name="subject">What the findings are of, as the release names it: statements may be on it as a whole.</param>
    /// <param name="maxAge">How long a statement holds. VEX has no expiry of its own, so the policy gives one.</param>
    /// <returns>The findings in their order.</returns>
    public static IReadOnlyList<JudgedFinding> Apply(
        IReadOnlyList<ScanFinding> findings, IReadOnlyList<VexStatement> statements, ReportSubject? subject, DateTimeOffset now, TimeSpan maxAge)
    {
        var byId = new Dictionary<string, List<VexStatement>>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in statements)
            foreach (var id in statement.Vulnerabilities.Distinct(StringComparer.OrdinalIgnoreCase))
                (byId.TryGetValue(id, out var list) ? list : byId[id] = []).Add(statement);
        var products = new VexProducts(subject);
        return [.. findings.Select(finding => Judge(finding, Newest(finding, byId, products, now), now, maxAge))];
    }

    /// <summary>The statements on this finding, the newest only: a later one replaces those before it.</summary>
    private static List<VexStatement> Newest(ScanFinding finding, Dictionary<string, List<VexStatement>> byId, VexProducts products, DateTimeOffset now)
    {
        var found = PackageUrl.Parse(finding.Purl);
        var on = finding.Ids.SelectMany(id => byId.GetValueOrDefault(id) ?? []).Distinct(ReferenceEqualityComparer.Instance).Cast<VexStatement>()
            .Where(s => s.Timestamp <= now + s_skew && s.Products.Any(product => products.Cover(product, finding, found))).ToList();
        var newest = on.Max(s => s.Timestamp);
        return [.. on.Where(s => s.Timestamp == newest)];
    }

    private static JudgedFinding Judge(ScanFinding finding, List<VexStatement> newest, DateTimeOffset now, TimeSpan maxAge)
    {
        if (newest.Count == 0 || newest.Exists(s => Reason(s) is null)) return new(finding, null, null);
        var until = newest[0].Timestamp!.Value + maxAge;
        return until > now ? new(finding, Reason(newest[0]), until) : new(finding, null, null);
    }

    /// <summary>Null where the statement sets nothing aside: OpenVEX demands a justification or an impact statement of "not affected".</summary>
    private static string? Reason(VexStatement statement) => statement.Status switch
    {
        VexStatus.NotAffected when statement.Reason is { } reason => $"not affected: {reason}",
        VexStatus.Fixed => statement.Reason is { } reason ? $"fixed: {reason}" : "fixed",
        _ => null,
    };
}
