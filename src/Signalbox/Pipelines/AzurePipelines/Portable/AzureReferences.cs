using System.Text.RegularExpressions;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>Macros within values, read and written (learn.microsoft.com, "Define variables").</summary>
/// <param name="declared">The names of the variables of the file, without case.</param>
/// <param name="axes">The names of the job's axes.</param>
internal sealed partial class AzureReferences(IReadOnlySet<string> declared, IReadOnlySet<string> axes)
{
    private static readonly string[] s_system = ["Build.", "System.", "Agent.", "Pipeline.", "Environment.", "Release.", "Common.", "TF_", "Checks.", "Strategy."];

    private static readonly string[] s_secrets = ["token", "password", "secret", "key", "pass", "credential", "pat"];

    public static bool IsSystem(string name) => s_system.Any(s => name.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it is an expression that is worked out when the run, or the job, starts.</summary>
    public static bool IsExpression(string value) => value is ['$', '[', .., ']'];

    /// <summary>A variable's value.</summary>
    public PortableText Value(string text) => IsExpression(text) ? PortableText.Of(new PortableReference(ReferenceKind.Foreign, text, Platform: Platform.AzurePipelines)) : Read(text);

    /// <param name="command">Whether <c>$(name)</c> is a command of the shell that reads it, unless a variable of the file has that name.</param>
    public PortableText Read(string text, Func<string, bool>? command = null)
    {
        var parts = new List<TextPart>();
        var from = 0;
        foreach (Match match in Macro().Matches(text))
        {
            if (Of(match, command) is not { } reference) continue;
            parts.Add(new(text[from..match.Index], null));
            parts.Add(reference);
            from = match.Index + match.Length;
        }
        parts.Add(new(text[from..], null));
        return PortableText.Of(parts);
    }

    private TextPart? Of(Match match, Func<string, bool>? command)
    {
        if (match.Groups["literal"].Success) return new(match.Groups["literal"].Value.Replace("''", "'", StringComparison.Ordinal), null);
        if (match.Groups["parameter"].Success) return new(null, new(ReferenceKind.Input, match.Groups["parameter"].Value));
        if (match.Groups["expression"].Success) return new(null, new(ReferenceKind.Foreign, match.Value, Platform: Platform.AzurePipelines));
        var name = match.Groups["name"].Value;
        if (ReferenceTable.OfMacro(name) is { } kind) return new(null, new(kind));
        if (axes.Contains(name)) return new(null, new(ReferenceKind.Axis, name));
        if (declared.Contains(name)) return new(null, new(ReferenceKind.Variable, name));
        if (IsSystem(name)) return new(null, new(ReferenceKind.Foreign, match.Value, Platform: Platform.AzurePipelines));
        if (!name.Contains('.') && command?.Invoke(name) == true) return null;
        if (name.Split('.') is [var step, var output]) return new(null, new(ReferenceKind.StepOutput, output, step));
        return new(null, s_secrets.Any(s => name.Contains(s, StringComparison.OrdinalIgnoreCase)) ? new(ReferenceKind.Secret, name) : new(ReferenceKind.Setting, name));
    }

    /// <summary>What a shell variable stands for where the platform sets it; null for any other.</summary>
    public static PortableReference? Shell(string name) => ReferenceTable.OfShell(name, Platform.AzurePipelines) is { } kind ? new(kind)
        : ReferenceTable.IsReserved(name, Platform.AzurePipelines) ? new(ReferenceKind.Foreign, name, Platform: Platform.AzurePipelines) : null;

    /// <summary>A value as Azure reads it; null where it holds what Azure does not have, or what it would read as a macro.</summary>
    public static string? Write(PortableText? text)
    {
        if (text?.Parts is [{ Reference: { Kind: ReferenceKind.Foreign, Platform: Platform.AzurePipelines, Name: { } whole } }] && IsExpression(whole)) return whole;
        if (text is null || text.References.Any(r => Macro(r) is null)) return null;
        var said = text.Render(Literal, r => Macro(r)!);
        // what stands side by side must not become a macro that nobody wrote
        var macros = text.References.Count(r => Macro(r)!.StartsWith("$(", StringComparison.Ordinal));
        return said.StartsWith("$[", StringComparison.Ordinal) && text.Parts is not [{ Reference: not null }] || Bare().Count(said) > macros ? null : said;
    }

    /// <summary>Text that Azure must not read as a template's expression.</summary>
    public static string Literal(string text) => text.Replace("${{", "${{ '${{' }}", StringComparison.Ordinal);

    /// <summary>A script in which <c>$(name)</c> is the shell's, also where a variable has that name.</summary>
    public static string Script(string text, Func<string, bool> known) => Literal(Bare().Replace(text, m => known(m.Groups[1].Value) ? $"$( {m.Groups[1].Value})" : m.Value));

    public static string? Macro(PortableReference reference) => reference switch
    {
        { Kind: ReferenceKind.Secret or ReferenceKind.Variable or ReferenceKind.Setting or ReferenceKind.Axis, Name: { } name } => $"$({VariableName(name)})",
        { Kind: ReferenceKind.Input, Name: { } name } => $"${{{{ parameters.{Names.Variable(name)} }}}}",
        { Kind: ReferenceKind.StepOutput, Of: { } step, Name: { } name } => $"$({Names.Variable(step)}.{VariableName(name)})",
        { Kind: ReferenceKind.Foreign, Platform: Platform.AzurePipelines, Name: { } name } when name.StartsWith('$') => name,
        { Kind: ReferenceKind.JobOutput, Of: { } job, Name: { } name } => $"$({OutputVariable(job, name)})",
        { Kind: ReferenceKind.Foreign } => null,
        _ => ReferenceTable.Macro(reference.Kind) is { } macro ? $"$({macro})" : null,
    };

    /// <summary>The variable of a job that holds an output of another.</summary>
    public static string OutputVariable(string job, string name) => Names.Variable($"{job}_{name}");

    /// <summary>Letters, digits, dots and underscores, no digit first.</summary>
    public static string VariableName(string name)
    {
        var made = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' ? c : '_'));
        return made.Length == 0 || char.IsAsciiDigit(made[0]) || made[0] == '.' ? "_" + made : made;
    }

    [GeneratedRegex(@"\$\{\{\s*'(?<literal>(?:[^'\r\n]|'')*)'\s*\}\}|\$\{\{\s*parameters\.(?<parameter>[A-Za-z0-9_]+)\s*\}\}|(?<expression>\$\{\{.*?\}\})|\$\((?<name>[A-Za-z0-9_.\-]+)\)")]
    private static partial Regex Macro();

    [GeneratedRegex(@"\$\(([A-Za-z0-9_.\-]+)\)")]
    private static partial Regex Bare();
}
