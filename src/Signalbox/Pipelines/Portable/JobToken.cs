namespace Signalbox.Pipelines.Portable;

/// <summary>The token that a platform gives each job: it is good for that platform alone, and a foreign server has no use for it but a wrong one.</summary>
internal static class JobToken
{
    public const string Instead = "a secret that holds a token of that registry";

    /// <summary>Whether a sign-in would hand the platform's own token to a registry that is not the platform's.</summary>
    public static bool GoesElsewhere(LoginStep login, Platform platform) => Uses(login.Password) && !IsOwn(login.Registry, platform);

    public static string Refused(LoginStep login, Platform platform) =>
        $"signing in to {login.Registry?.ToString() ?? "Docker Hub"} with the job's own token is not carried: the token of {PlatformNames.Of(platform)} is none of that registry";

    /// <summary>Says that a step is given the platform's own token, which is another than it was given.</summary>
    public static void Say(PortableStep step, Platform platform, CarriageLog log)
    {
        if (step is LoginStep || !step.Variables.Select(v => v.Value).Concat(step is RunStep run ? [run.Script] : DockerCommands.Texts(step)).Any(Uses)) return;
        log.Changed(step.Source, $"the job's own token is that of {PlatformNames.Of(platform)} here, and is good for that platform alone", "a secret with a token of the server that it is for", Concern.Work);
    }

    private static bool Uses(PortableText text) => text.References.Any(r => r.Kind == ReferenceKind.Token);

    // docs.github.com, "Working with the Container registry"; docs.gitlab.com, "Authenticate with the container registry"
    private static bool IsOwn(PortableText? registry, Platform platform) => registry is not null && platform switch
    {
        Platform.GitHubActions => registry.Literal is "ghcr.io" or "docker.pkg.github.com",
        Platform.GitLab => registry.Literal is "registry.gitlab.com" || registry.References.Any(r => r is { Kind: ReferenceKind.Foreign, Platform: Platform.GitLab, Name: "CI_REGISTRY" }),
        _ => false,
    };
}
