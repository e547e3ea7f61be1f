namespace Signalbox.Pipelines.Portable;

/// <summary>Docker within a container as a job's service: it starts only with all rights, and hands over its certificates in a folder that GitLab alone shares (docs.gitlab.com, "Use Docker to build Docker images").</summary>
internal static class DockerService
{
    private const string Privileged = "--privileged", Instead = "leave the service and DOCKER_HOST out: the platform's own machines have Docker";

    public static bool Is(PortableImage service) => service.Image.Literal is { } image && image[(image.LastIndexOf('/') + 1)..].StartsWith("docker:", StringComparison.Ordinal) && image.Contains("dind", StringComparison.Ordinal);

    /// <summary>A service as a platform starts it whose options are those of docker; what it lacks there is said.</summary>
    /// <param name="lost">Where what makes the job fail is told.</param>
    public static PortableImage Started(PortableImage service, PortableJob job, PortablePipeline pipeline, List<string> lost, CarriageLog log)
    {
        if (!Is(service) || service.Options?.Contains(Privileged, StringComparison.Ordinal) == true) return service;
        var folder = pipeline.Variables.Concat(job.Variables).Concat(service.Variables).LastOrDefault(v => v.Name == "DOCKER_TLS_CERTDIR");
        if (folder?.Value.IsEmpty == true) log.Changed(service.Source, $"the service {service.Image} is started with {Privileged}", Instead, Concern.Work);
        else
        {
            log.Left(service.Source, $"the service {service.Image} does not share its certificates with the job {job.Id}", Instead);
            lost.Add($"the certificates of {service.Image} are not shared: {Instead}");
        }
        return service with { Options = service.Options is { Length: > 0 } other ? $"{other} {Privileged}" : Privileged };
    }
}
