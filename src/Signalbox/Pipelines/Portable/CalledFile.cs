using Signalbox.Delivery.Detection;

namespace Signalbox.Pipelines.Portable;

/// <summary>A pipeline of the same repository that a job calls, as another platform calls it: the file must be converted, too.</summary>
internal static class CalledFile
{
    /// <summary>The file on the other platform, relative to the repository; null where what is called lies elsewhere, or is the platform's own already.</summary>
    /// <param name="folder">Where the platform's called pipelines lie.</param>
    public static string? On(Platform platform, ForeignStep? calls, string folder, CarriageLog log)
    {
        if (calls is null || calls.Platform == platform || !calls.Uses.StartsWith("./", StringComparison.Ordinal)) return null;
        var file = $"{folder}/{calls.Uses[(calls.Uses.LastIndexOf('/') + 1)..]}";
        log.Changed(calls.Source, $"{calls.Uses} is called as {file}", $"signalbox convert {Words.Quote(calls.Uses[2..])} --to {(platform == Platform.GitLab ? "gitlab" : "github-actions")} --output {Words.Quote(file)}");
        return file;
    }
}
