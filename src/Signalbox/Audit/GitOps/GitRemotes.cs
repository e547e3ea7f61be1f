namespace Signalbox.Audit.GitOps;

/// <summary>The addresses of a checkout's remotes, from its own configuration file.</summary>
internal static class GitRemotes
{
    public static IReadOnlyList<string> Of(Repository repository)
    {
        if (repository.Root is null || FileLoader.Load(repository.Root, ".git/config").File is not { } config) return [];
        var found = new List<string>();
        foreach (var line in config.Text.Content.Split('\n'))
            if (line.Trim() is var text && text.StartsWith("url", StringComparison.Ordinal) && text.IndexOf('=') is > 0 and var at) found.Add(text[(at + 1)..].Trim());
        return found;
    }
}
