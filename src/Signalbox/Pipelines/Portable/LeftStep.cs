using Signalbox.Delivery.Detection;

namespace Signalbox.Pipelines.Portable;

/// <summary>What stands in a written pipeline where a person must see to something: it fails, so that nothing is lost in silence.</summary>
internal static class LeftStep
{
    /// <summary>A POSIX shell's command that says what is left and fails. The message cannot become code.</summary>
    public static string Script(string message) => $"echo {Words.Quote("left for a person: " + OneLine(message))} >&2; exit 1";

    public static string Of(ForeignStep step) => step.Inputs.Count == 0 ? step.Uses : $"{step.Uses} with {string.Join(", ", step.Inputs.Select(i => $"{i.Name}: {i.Value}"))}";

    /// <summary>What a script reads in the place of a value that nobody sets: the variable of its name.</summary>
    public static string Unset(PortableReference reference) => ShellText.Variable(reference, reference.Name ?? reference.Kind.ToString());

    /// <summary>A step in a few words, for the report.</summary>
    public static string Name(PortableStep step) => step switch
    {
        RunStep run => $"run {Short(run.Script.ToString())}",
        CheckoutStep => "checkout",
        SetupStep setup => $"set up {setup.Tool}",
        CacheStep => "cache",
        UploadStep upload => $"keep the artifact {upload.ArtifactName}",
        DownloadStep download => $"bring the artifact {download.ArtifactName?.ToString() ?? "of every job"}",
        ReportStep report => $"show the {report.Kind} reports",
        LoginStep login => $"sign in to {login.Registry?.ToString() ?? "Docker Hub"}",
        ImageStep => "build an image",
        ForeignStep foreign => foreign.Uses,
        _ => "step",
    };

    // how a shell is set says nothing about what is run
    private static string Short(string script) => Yaml.YamlQuote.Short(script.Split('\n') is var lines && lines.FirstOrDefault(l => l.Trim().Length > 0 && !l.StartsWith("set ", StringComparison.Ordinal)) is { } first ? first : lines[0]);

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\u0085' ? ' ' : c));
}

internal static class PlatformNames
{
    public static string Of(Platform platform) => platform switch
    {
        Platform.GitHubActions => "GitHub Actions",
        Platform.GitLab => "GitLab",
        Platform.AzurePipelines => "Azure Pipelines",
        _ => "Jenkins",
    };
}
