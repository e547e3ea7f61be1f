using Signalbox.Delivery.Reading;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Reads the <c>audit</c> section of a project's <c>signalbox.yaml</c>; what it does not say stays as it is by default.</summary>
internal static class PolicyReader
{
    public const string FileName = "signalbox.yaml";

    private const int Most = 1000;

    // the words of --level
    private static readonly (string, RuleSeverity?)[] s_levels =
        [.. Enum.GetValues<RuleSeverity>().Select(s => (s.ToString().ToLowerInvariant(), (RuleSeverity?)s))];

    public static ReadPolicy Read(SourceFile? file)
    {
        if (file is null) return new(AuditPolicy.Default, []);
        var read = Read(file.Path, file.Text, file.Yaml.Documents);
        return file.Yaml.Problems is [var problem, ..] ? read with { Problems = [BrokenFile.Of(file, problem).ToFinding(), .. read.Problems] } : read;
    }

    /// <summary>Reads the section of a file on disk; a file that cannot be opened has none.</summary>
    public static ReadPolicy ReadFile(string path)
    {
        var (file, _) = FileLoader.Load(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        // what keeps it from being YAML its other reader says
        return file is null ? new(AuditPolicy.Default, []) : Read(path, file.Text, file.Yaml.Documents);
    }

    private static ReadPolicy Read(string path, YamlText text, IReadOnlyList<YamlNode?> documents)
    {
        var context = new FileContext(path, text);
        if (documents is not [YamlMapping root, ..] || root.Find("audit") is not { } entry) return new(AuditPolicy.Default, []);
        var audit = Section.Open(context, Shapes.Audit, entry.Value, "audit", Shapes.File.Line("audit"));
        return new(audit is null ? AuditPolicy.Default : Read(audit), context.Findings);
    }

    private static AuditPolicy Read(Section audit)
    {
        var actions = audit.Open("actions", Shapes.AuditActions);
        return new()
        {
            Excluded = Texts(audit, "exclude"),
            TrustedRegistries = Texts(audit, "registries"),
            AllowedActions = Texts(actions, "allow"),
            DeniedActions = Texts(actions, "deny"),
            Rules = Rules(audit),
            Thresholds = audit.Open("thresholds", Shapes.AuditThresholds) is { } own ? Thresholds(own) : new(),
        };
    }

    private static AuditThresholds Thresholds(Section own)
    {
        var usual = new AuditThresholds();
        return new(own.Integer("replicas", 1, 1000, usual.Replicas), own.Integer("userId", 1, int.MaxValue, usual.UserId), own.Integer("cooldownDays", 0, 365, usual.CooldownDays));
    }

    private static Dictionary<string, RuleDecision> Rules(Section audit)
    {
        var decisions = new Dictionary<string, RuleDecision>(StringComparer.Ordinal);
        if (audit.Node("rules") is not { } node) return decisions;
        if (node is not YamlMapping map) audit.File.WrongType(node, "rules", "a mapping of rules", audit.Shape.Line("rules"));
        else
            foreach (var (key, value) in map.Entries)
                if (IsKnown(audit.File, key) && Section.Open(audit.File, Shapes.AuditRule, value, YamlQuote.Short(key.Value), $"{key.Value}: {{ level: low }}") is { } rule)
                    decisions[key.Value] = Decision(rule);
        return decisions;
    }

    private static bool IsKnown(FileContext file, YamlScalar key)
    {
        if (RuleTable.Find(key.Value) is not null) return true;
        file.Error("audit-unknown-rule", RuleTable.Unknown(YamlQuote.Short(key.Value)), key.Span, RuleTable.HelpFor(key.Value), "expected a rule of the audit");
        return false;
    }

    private static RuleDecision Decision(Section rule)
    {
        rule.OnlyOneOf("off", "level");
        if (!rule.Has("off") && !rule.Has("level")) rule.Missing("level");
        var off = rule.Text("off")?.Trim();
        if (off is "" or "true" or "yes")
            rule.File.Error("audit-reason-missing", "a rule is switched off without a reason; expected the reason as the value of 'off'", rule.KeySpan("off"), rule.Shape.Line("off"), "expected a reason");
        return new(rule.Choice("level", null, s_levels), off is "" or "true" or "yes" ? null : off);
    }

    private static List<string> Texts(Section? section, string key)
    {
        // one pattern may stand without a list around it
        if (section?.Node(key) is YamlScalar { IsNull: false } only) return [only.Value];
        var texts = new List<string>();
        foreach (var item in section?.List(key, Most) ?? [])
            if (item is YamlScalar { IsNull: false } text) texts.Add(text.Value);
            else section!.File.WrongType(item, $"an entry of {key}", "text", section.Shape.Line(key));
        return texts;
    }
}
