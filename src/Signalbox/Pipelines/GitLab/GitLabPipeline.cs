using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>A GitLab CI file: the common model, and the YAML for what only GitLab has.</summary>
/// <param name="Root">The document of the jobs; a header document (<c>spec:</c>) stands before it.</param>
/// <param name="Jobs">In the order they are written; hidden ones (<c>.name</c>) are no jobs.</param>
/// <param name="Templates">Hidden jobs as if they ran, so that their scripts are read where no job of this file takes them.</param>
public sealed record GitLabPipeline(Pipeline Pipeline, YamlMapping Root, IReadOnlyList<GitLabJob> Jobs, IReadOnlyList<GitLabJob> Templates)
{
    /// <summary>The files of the repository that its jobs start as pipelines of their own.</summary>
    public IReadOnlyList<Inclusion> Children { get; init; } = [];

    /// <summary>The stages that a job may be in: those that the file names, else the platform's own.</summary>
    public IReadOnlyList<string> StageNames => Root.Find("stages") is null && Root.Find("types") is null ? GitLabReader.DefaultStages : [.. Pipeline.Stages.Select(s => s.Name)];
}

/// <param name="Settings">What holds for the job once <c>extends</c> is merged; entries keep the place they were written at.</param>
/// <param name="Complete">Whether every template that it extends is in this file.</param>
public sealed record GitLabJob(Job Job, YamlMapping Settings, bool Complete)
{
    /// <summary>How many of its last steps are lines of <c>after_script</c>, which runs in a shell of its own however the job ends.</summary>
    public int AfterLines { get; init; }

    /// <summary>Whether it ends an environment instead of deploying to it.</summary>
    public bool StopsEnvironment => Settings.Get("environment").Text("action") == "stop";
}
