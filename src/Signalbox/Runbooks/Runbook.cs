using System.Globalization;
using System.Text;
using Signalbox.Delivery.Detection;

namespace Signalbox.Runbooks;

/// <summary>A procedure for one application in one environment of one installation.</summary>
/// <param name="Name">As <c>runbook run</c> takes it.</param>
/// <param name="When">What has happened when somebody needs it.</param>
/// <param name="HandTo">Whom it is handed to where it does not help.</param>
public sealed record Runbook(string Name, string Title, string When, string HandTo, IReadOnlyList<RunbookStep> Steps)
{
    /// <summary>Words that whoever runs it fills in: <c>BACKUP</c>.</summary>
    public IReadOnlyList<string> Blanks => [.. Steps.SelectMany(step => step.Blanks).Distinct()];
}

/// <param name="Text">What is done, and what to look at.</param>
/// <param name="Command">The program's arguments, without its name; empty where a person does it.</param>
public sealed record RunbookStep(string Text, params IReadOnlyList<string> Command)
{
    /// <summary>Arguments in capitals stand for what is not known until then.</summary>
    public IReadOnlyList<string> Blanks => [.. Command.Where(IsBlank)];

    /// <summary>The line to paste.</summary>
    public string Line => $"signalbox {string.Join(' ', Command.Select(Words.Quote))}";

    /// <param name="values">By blank.</param>
    public RunbookStep Filled(IReadOnlyDictionary<string, string> values) => this with { Command = [.. Command.Select(word => IsBlank(word) ? values.GetValueOrDefault(word, word) : word)] };

    private static bool IsBlank(string word) => word.Length > 1 && word.All(char.IsAsciiLetterUpper);
}

/// <summary>Runbooks as Markdown.</summary>
public static class RunbookMarkdown
{
    /// <param name="subject">Whose they are: <c>shop/production</c>.</param>
    public static string Write(string subject, IReadOnlyList<Runbook> runbooks)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Runbooks of {subject}\n");
        foreach (var runbook in runbooks) Append(text, runbook);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Runbook runbook)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {runbook.Title}\n`{runbook.Name}`. When {runbook.When}. Where it does not help, hand it to {runbook.HandTo}.\n");
        foreach (var (number, step) in runbook.Steps.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{number + 1}. {step.Text}\n");
            if (step.Command.Count > 0) text.Append(CultureInfo.InvariantCulture, $"   ```sh\n   {step.Line}\n   ```\n");
        }
        if (runbook.Blanks.Count > 0) text.Append(CultureInfo.InvariantCulture, $"\nFill in {string.Join(", ", runbook.Blanks.Select(blank => $"`{blank}`"))}.\n");
    }
}
