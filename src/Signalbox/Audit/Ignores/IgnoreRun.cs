using Signalbox.Yaml;

namespace Signalbox.Audit.Ignores;

/// <summary>Sets aside what comments say to ignore, and says which of them are wrong or set nothing aside.</summary>
internal static class IgnoreRun
{
    /// <param name="ran">The rules that looked: an ignore of another one may well be of use.</param>
    public static (List<AuditFinding> Kept, IReadOnlyList<IgnoredFinding> Ignored) Apply(
        IEnumerable<AuditFinding> findings, IReadOnlyList<InlineIgnore> ignores, RuleSet ran)
    {
        if (ignores.Count == 0) return ([.. findings], []);
        var byFile = ignores.Where(i => i.Reason.Length > 0).ToLookup(i => i.File.Path, StringComparer.Ordinal);
        var used = new HashSet<(InlineIgnore, string)>();
        var kept = new List<AuditFinding>();
        var ignored = new List<IgnoredFinding>();
        foreach (var finding in findings)
        {
            if (byFile[finding.Locations[0].Path].FirstOrDefault(i => i.Covers(finding)) is not { } ignore)
            {
                kept.Add(finding);
                continue;
            }
            used.Add((ignore, finding.Rule.Id));
            ignored.Add(new(finding, ignore.Reason));
        }
        foreach (var ignore in ignores) kept.AddRange(Said(ignore, used, ran));
        return (kept, ignored);
    }

    private static IEnumerable<AuditFinding> Said(InlineIgnore ignore, HashSet<(InlineIgnore, string)> used, RuleSet ran)
    {
        if (ignore.Rules.Count == 0)
            yield return Notice(Notices.InvalidIgnore, ignore, "this ignore names no rule; expected ignore[RULE]");
        else if (ignore.Reason.Length == 0)
            yield return Notice(Notices.InvalidIgnore, ignore, "this ignore gives no reason, so it sets nothing aside", $"signalbox: ignore[{string.Join(", ", ignore.Rules)}] the reason why");
        foreach (var id in ignore.Rules)
        {
            if (RuleTable.Find(id) is not { } rule)
                yield return Notice(Notices.InvalidIgnore, ignore, RuleTable.Unknown(YamlQuote.Short(id)), RuleTable.HelpFor(id));
            else if (ignore.Reason.Length > 0 && ran.Rules.Contains(rule) && !used.Contains((ignore, id)))
                yield return Notice(Notices.UnusedIgnore, ignore, $"'{id}' finds nothing on line {ignore.Line}; expected this ignore to be removed");
        }
    }

    private static AuditFinding Notice(RuleInfo notice, InlineIgnore ignore, string message, string? help = null) =>
        Notices.Of(notice, message, ignore.File.At(ignore.Range), help);
}
