using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>An Azure Pipelines file: the common model, and the YAML for what only Azure has.</summary>
/// <param name="IsTemplate">Whether it is made to be taken in by another file: nothing in it says what starts it.</param>
/// <param name="ExplicitPullRequests">Whether <c>pr</c> is written and is not <c>none</c>; without it the platform's default starts pull requests on GitHub and Bitbucket.</param>
public sealed record AzurePipeline(Pipeline Pipeline, YamlMapping Root, bool IsTemplate, bool ExplicitPullRequests);
