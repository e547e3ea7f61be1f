using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>Variables within values, read and written (docs.gitlab.com, "Where variables can be used").</summary>
/// <param name="declared">The names of the variables of the file.</param>
/// <param name="axes">The names of the job's axes.</param>
internal sealed class GitLabReferences(IReadOnlySet<string> declared, IReadOnlySet<string> axes)
{
    private static readonly string[] s_secrets = ["TOKEN", "PASSWORD", "SECRET", "KEY", "PASS", "CREDENTIAL", "CREDENTIALS", "AUTH", "PRIVATE"];

    /// <summary>A value in which GitLab puts variables in; <c>$$</c> is one sign.</summary>
    public PortableText Read(string text)
    {
        var parts = new List<TextPart>();
        var from = 0;
        for (var at = 0; at + 1 < text.Length; at++)
        {
            if (text[at] != '$') continue;
            if (text[at + 1] == '$')
            {
                parts.Add(new(text[from..(at + 1)], null));
                from = at + 2;
                at++;
                continue;
            }
            var braced = text[at + 1] == '{';
            var start = at + (braced ? 2 : 1);
            var end = start;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
            if (end == start || (braced && (end == text.Length || text[end] != '}'))) continue;
            parts.Add(new(text[from..at], null));
            parts.Add(new(null, Of(text[start..end])));
            from = braced ? end + 1 : end;
            at = from - 1;
        }
        parts.Add(new(text[from..], null));
        return PortableText.Of(parts);
    }

    private PortableReference Of(string name) => Known(name)
        ?? (declared.Contains(name) ? new(ReferenceKind.Variable, name) : Kept(name));

    /// <summary>One that the project's settings hold: a secret where its name says so.</summary>
    public static PortableReference Kept(string name) => new(name.Split('_').Any(s_secrets.Contains) ? ReferenceKind.Secret : ReferenceKind.Setting, name);

    /// <summary>What a variable stands for where the platform or the matrix sets it; null for any other.</summary>
    public PortableReference? Known(string name) =>
        axes.Contains(name) ? new(ReferenceKind.Axis, name)
        : ReferenceTable.OfShell(name, Platform.GitLab) is { } kind ? new(kind)
        : ReferenceTable.IsReserved(name, Platform.GitLab) ? new(ReferenceKind.Foreign, name, Platform: Platform.GitLab) : null;

    /// <summary>A value as GitLab reads it; null where it holds what GitLab does not have.</summary>
    public static string? Write(PortableText? text)
    {
        if (text is null || text.References.Any(r => Name(r) is null)) return null;
        return text.Render(l => l.Replace("$", "$$", StringComparison.Ordinal), r => $"${{{Name(r)}}}");
    }

    /// <summary>The variable that holds it; null where there is none.</summary>
    public static string? Name(PortableReference reference) => reference switch
    {
        { Kind: ReferenceKind.Secret or ReferenceKind.Variable or ReferenceKind.Setting or ReferenceKind.Axis or ReferenceKind.Input, Name: { } name } => Names.Variable(name),
        { Kind: ReferenceKind.Foreign, Platform: Platform.GitLab, Name: { } name } => name,
        { Kind: ReferenceKind.JobOutput, Of: { } job, Name: { } name } => GitLabOutputs.Name(job, name),
        { Kind: ReferenceKind.OutputFile } => GitLabOutputs.Variable,
        { Kind: ReferenceKind.Foreign or ReferenceKind.StepOutput } => null,
        _ => ReferenceTable.Shell(reference.Kind, Platform.GitLab),
    };
}
