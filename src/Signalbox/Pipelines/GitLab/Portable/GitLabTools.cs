using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>The image that has the tools a job asks for, where it names none itself.</summary>
internal sealed class GitLabTools
{
    private const string Docker = "docker:27.5.1";

    public GitLabTools(PortableJob job, CarriageLog log)
    {
        Image = job.Container;
        Services = job.Services;
        var setups = job.Steps.OfType<SetupStep>().ToList();
        foreach (var setup in setups)
        {
            var name = setup.Tool + (setup.Version is { } version ? $" {version}" : "");
            if (setup.Cache is not null) log.Changed(setup.Source, $"the downloads of {setup.Cache} are not kept", "cache: { key: { files: [a lockfile] }, paths: [where they lie] }");
            if (Image is null && job.Runner.System == RunnerSystem.Linux && ToolImage.Untagged(setup, job.Matrix) is null)
            {
                Image = new(ToolImage.Of(setup)) { Source = setup.Source };
                log.Changed(setup.Source, $"{name} comes with the image {Image.Image}", "the image has less beside it than the other platform's machine");
                continue;
            }
            log.Left(setup.Source, $"{name} is not set up", "an image with all the tools of the job");
            Lost.Add($"{name} must be in the job's image");
        }
        if (!job.Steps.Any(s => s is ImageStep or LoginStep)) return;
        if (Image is not null) { log.Changed(job.Source, $"job {job.Id}: builds or pulls images", "docker in the job's image, and the service docker:dind"); return; }
        Image = new(PortableText.Of(Docker));
        Services = [.. Services, new(PortableText.Of($"{Docker}-dind"))];
        log.Changed(job.Source, $"job {job.Id}: Docker runs as a service beside the job", "the runner must allow privileged services");
    }

    public PortableImage? Image { get; }

    public IReadOnlyList<PortableImage> Services { get; }

    public List<string> Lost { get; } = [];
}
