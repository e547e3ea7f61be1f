namespace Signalbox.Audit.Organisations;

/// <summary>Many repositories side by side.</summary>
public sealed record OrganisationReport(IReadOnlyList<RepositorySummary> Repositories)
{
    /// <summary>The rules found in most repositories, with in how many.</summary>
    public IReadOnlyList<RuleSpread> Rules =>
    [
        .. Repositories.SelectMany(r => r.Rules).GroupBy(r => r.Rule, StringComparer.Ordinal)
            .Select(g => new RuleSpread(g.Key, g.Count(), g.Sum(r => r.Findings)))
            .OrderByDescending(r => r.Repositories).ThenByDescending(r => r.Findings).ThenBy(r => r.Rule, StringComparer.Ordinal),
    ];
}

/// <summary>What one repository's audit came to; its findings are not kept.</summary>
/// <param name="Path">As it was given, or relative to the folder of all.</param>
/// <param name="Files">How many files were read.</param>
/// <param name="Critical">How many findings of that severity, as the others.</param>
/// <param name="Grade">The letter over all points, then one for each of the five checks by its id.</param>
/// <param name="Problem">Why nothing can be said, or not all; null where everything was read.</param>
public sealed record RepositorySummary(
    string Path, int Files, int Critical, int High, int Medium, int Low, int Info, string Grade, IReadOnlyDictionary<string, string> Checks, IReadOnlyList<RuleCount> Rules, string? Problem = null)
{
    public int Findings => Critical + High + Medium + Low + Info;
}

/// <param name="Findings">How many findings in one repository.</param>
public sealed record RuleCount(string Rule, int Findings);

/// <param name="Repositories">In how many repositories.</param>
/// <param name="Findings">How many findings in all.</param>
public sealed record RuleSpread(string Rule, int Repositories, int Findings);
