using System.Text;

namespace Signalbox.Audit.Output;

/// <summary>A rule explained: in the terminal, and as its page in docs/rules.</summary>
internal static class RulePage
{
    public static string Text(RuleInfo rule)
    {
        var text = new StringBuilder();
        text.Append(Word(rule.Severity)).Append('[').Append(rule.Id).Append("]: ").AppendLine(rule.Title);
        text.Append("  why: ").AppendLine(rule.Rationale);
        text.Append("  do: ").AppendLine(rule.Remedy);
        text.Append("  reads: ").AppendLine(string.Join(", ", rule.Platforms));
        text.Append("  shown to: ").AppendLine(Audience(rule.Persona));
        text.Append("  fix: ").AppendLine(FixLine(rule));
        text.Append("  hand to: ").Append(Handover.Of(rule.Theme));
        if (rule.Details is { } details) text.AppendLine().AppendLine().Append(details);
        return text.ToString();
    }

    /// <summary>The page; written by the tests with SIGNALBOX_ACCEPT=1, so it cannot differ from the rule.</summary>
    public static string Markdown(RuleInfo rule, string? example)
    {
        var page = new StringBuilder();
        page.Append("# ").AppendLine(rule.Id).AppendLine();
        page.Append(rule.Title).AppendLine(".").AppendLine();
        page.AppendLine("| | |").AppendLine("| --- | --- |");
        Row(page, "Why", rule.Rationale);
        Row(page, "Do", rule.Remedy);
        Row(page, "Severity, confidence", $"{Word(rule.Severity)}, {Word(rule.Confidence)}");
        Row(page, "Shown to", Audience(rule.Persona));
        Row(page, "Reads", string.Join(", ", rule.Platforms));
        Row(page, "Fix", FixLine(rule));
        Row(page, "Handed to", Handover.Of(rule.Theme));
        if (rule.Details is { } details) page.AppendLine().AppendLine(details.Trim());
        if (example is not null) page.AppendLine().AppendLine("What it says of its own error case:").AppendLine("```").Append(example.TrimEnd()).AppendLine().AppendLine("```");
        return page.ToString();
    }

    private static void Row(StringBuilder page, string name, string value) => page.Append("| ").Append(name).Append(" | ").Append(value.Replace("|", "\\|", StringComparison.Ordinal)).AppendLine(" |");

    private static string Audience(Persona persona) => persona switch
    {
        Persona.Regular => "everyone",
        Persona.Pedantic => "`--persona pedantic` and auditors",
        _ => "`--persona auditor`",
    };

    private static string FixLine(RuleInfo rule) => rule.Fix switch
    {
        FixSafety.Safe => "`signalbox audit --fix`",
        FixSafety.Unsafe => "`signalbox audit --fix=unsafe`",
        _ => "by hand",
    };

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
