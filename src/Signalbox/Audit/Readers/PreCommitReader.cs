using Signalbox.Yaml;

namespace Signalbox.Audit.Readers;

/// <summary>A repository of hooks in <c>.pre-commit-config.yaml</c>.</summary>
internal sealed record PreCommitRepo(YamlScalar Url, string? Revision)
{
    /// <summary>Owner and name, where the hooks come from GitHub.</summary>
    public string? GitHubName
    {
        get
        {
            var at = Url.Value.IndexOf("github.com", StringComparison.OrdinalIgnoreCase);
            if (at < 0) return null;
            var parts = Url.Value[(at + "github.com".Length)..].TrimStart('/', ':').Split('/');
            return parts.Length >= 2 ? $"{parts[0]}/{parts[1].Replace(".git", "", StringComparison.Ordinal)}" : null;
        }
    }
}

/// <summary>The configuration of pre-commit (pre-commit.com, "Adding pre-commit plugins").</summary>
internal sealed class PreCommitReader : Reader
{
    public override bool Claims(string path) => path[(path.LastIndexOf('/') + 1)..] is ".pre-commit-config.yaml" or ".pre-commit-config.yml";

    public override void Read(SourceFile file, DocumentSink documents)
    {
        foreach (var repo in YamlFile.Root(file, documents).Get("repos").Items())
            if (repo.Get("repo") is YamlScalar { Value: not ("local" or "meta" or "builtin") } url) documents.Add(new PreCommitRepo(url, repo.Text("rev")));
    }
}
