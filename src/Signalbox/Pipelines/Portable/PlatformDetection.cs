using Signalbox.Pipelines.AzurePipelines;
using Signalbox.Pipelines.GitLab;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Portable;

/// <summary>What a file was taken for.</summary>
/// <param name="Platforms">One where it is told; several where the file holds what is of several; none where it holds nothing of any.</param>
/// <param name="Seen">What it was told by, or what was met in its place.</param>
/// <param name="Problem">Why what it holds cannot be read, or null.</param>
public sealed record DetectedPlatform(IReadOnlyList<Platform> Platforms, string Seen, YamlProblem? Problem = null)
{
    public Platform? Only => Platforms is [var only] ? only : null;
}

/// <summary>Tells a pipeline's platform: by the file's name, else by what only that platform's files hold.</summary>
public static class PlatformDetection
{
    private const int MostKeys = 6;

    // a step that a Jenkinsfile may begin with, in place of `pipeline` and `node`
    private static readonly HashSet<string> s_groovy = new(StringComparer.Ordinal)
    {
        "pipeline", "node", "stage", "podTemplate", "timestamps", "timeout", "ansiColor", "withEnv", "withCredentials", "lock", "parallel", "throttle", "catchError",
    };

    // other systems' files, so that they are named in place of "unknown"; each key is that system's alone
    private static readonly (string Name, Func<YamlMapping, bool> Is)[] s_others =
    [
        ("CircleCI", root => root.Find("version") is not null && (root.Get("workflows") is YamlMapping || root.Get("orbs") is YamlMapping || root.Get("jobs") is YamlMapping && root.Find("on") is null)),
        ("Travis CI", root => root.Get("language") is YamlScalar or YamlSequence || root.Get("script") is YamlScalar or YamlSequence),
        ("Bitbucket Pipelines", root => root.Get("pipelines") is YamlMapping),
        ("Drone", root => root.Text("kind") == "pipeline"),
        ("Kubernetes", root => root.Find("apiVersion") is not null && root.Find("kind") is not null),
        ("Docker Compose", root => root.Get("services") is YamlMapping && root.Find("jobs") is null),
        ("a GitHub action, which workflows use", root => root.Get("runs") is YamlMapping runs && runs.Find("using") is not null),
    ];

    /// <param name="path">With forward slashes.</param>
    public static DetectedPlatform Of(string path, string content)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return ByName(path, name) is { } named ? new([named], name) : ByContent(content);
    }

    private static Platform? ByName(string path, string name)
    {
        if (name.StartsWith("Jenkinsfile", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".jenkinsfile", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".groovy", StringComparison.OrdinalIgnoreCase)) return Platform.Jenkins;
        if (name.EndsWith(".gitlab-ci.yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".gitlab-ci.yaml", StringComparison.OrdinalIgnoreCase)) return Platform.GitLab;
        if (path.Contains(".github/workflows/", StringComparison.Ordinal)) return Platform.GitHubActions;
        return name.StartsWith("azure-pipelines", StringComparison.OrdinalIgnoreCase) ? Platform.AzurePipelines : null;
    }

    /// <summary>By what it holds alone, whatever its name.</summary>
    public static DetectedPlatform ByContent(string content)
    {
        var stream = YamlReader.ReadAll(new(content));
        var problem = stream.Problems is [var first, ..] ? first : null;
        if (problem is not null || GitLabReader.Root(stream.Documents) is not { Entries.Count: > 0 } root)
            return GroovyLike(content) ? new([Platform.Jenkins], "a step of Jenkins") : new([], content.Trim().Length == 0 ? "nothing" : "neither a mapping nor a step of Jenkins", problem);
        if (s_others.FirstOrDefault(o => o.Is(root)) is { Name: { } other }) return new([], $"what is of {other}");
        var found = new List<Platform>();
        if (root.Get("jobs") is YamlMapping jobs && (root.Find("on") ?? root.Find("true")) is not null | jobs.Entries.Any(j => j.Value.Get("runs-on") is not null)) found.Add(Platform.GitHubActions);
        if (AzureReader.LooksLike(root)) found.Add(Platform.AzurePipelines);
        if (GitLabReader.LooksLike(root)) found.Add(Platform.GitLab);
        return new(found, $"the keys {Keys(root)}");
    }

    private static string Keys(YamlMapping root) => string.Join(", ", root.Entries.Take(MostKeys).Select(e => YamlQuote.Short(e.Key.Value))) + (root.Entries.Count > MostKeys ? " …" : "");

    private static bool GroovyLike(string content) => GroovyParser.Parse(content).Calls.Any(c => c.Block is not null && c.Receiver is null && s_groovy.Contains(c.Name) || c.Name == "@Library");
}
