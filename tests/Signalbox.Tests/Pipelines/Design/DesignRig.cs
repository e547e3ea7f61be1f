using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Design;

/// <summary>The repositories in tests/cases/design, and what is designed for them.</summary>
internal static class DesignRig
{
    public static IReadOnlyList<Platform> Platforms { get; } = [Platform.GitHubActions, Platform.GitLab, Platform.AzurePipelines, Platform.Jenkins];

    public static string Word(Platform platform) => platform switch { Platform.GitHubActions => "github", Platform.GitLab => "gitlab", Platform.AzurePipelines => "azure", _ => "jenkins" };

    public static string Expected(string name, Platform platform) => Cases.PathOf("design", name, $"expected.{Word(platform)}{(platform == Platform.Jenkins ? ".groovy" : ".yml")}");

    public static RepositorySurvey Survey(string name, Platform platform)
    {
        var (survey, findings) = RepositorySurveyor.Read(Cases.PathOf("design", name, "repo"), Remote(platform), "main");
        Assert.Empty(findings);
        return survey;
    }

    /// <param name="choices">Beside those in the case's own file.</param>
    public static PipelineDesign Design(string name, Platform platform, params (string Id, string Value)[] choices) =>
        PipelineDesign.Of(Survey(name, platform), platform, Choices(name, choices));

    public static Dictionary<string, string> Choices(string name, params (string Id, string Value)[] choices)
    {
        var path = Cases.PathOf("design", name, "choices");
        var all = (File.Exists(path) ? File.ReadAllLines(path) : []).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]);
        foreach (var (id, value) in choices) all[id] = value;
        return all;
    }

    /// <summary>The scripts of a job, by the names of their steps.</summary>
    public static Dictionary<string, string> Scripts(this PipelineDesign design, string job) =>
        design.Pipeline.Job(job)!.Steps.OfType<RunStep>().ToDictionary(s => s.Name!.ToString()!, s => s.Script.Render(l => l, r => $"${{{r.Name ?? r.Kind.ToString()}}}"));

    private static RemoteRepository? Remote(Platform platform) => RemoteRepository.Parse(platform switch
    {
        Platform.GitHubActions => "git@github.com:Acme/shop.git",
        Platform.GitLab => "https://gitlab.com/acme/shop.git",
        Platform.AzurePipelines => "https://dev.azure.com/acme/shop/_git/shop",
        _ => "ssh://git@git.example.com:2222/acme/shop.git",
    });
}
