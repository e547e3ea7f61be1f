namespace Signalbox.Delivery.Detection;

/// <summary>Proposals for a folder, as the file above it says them.</summary>
internal static class Folders
{
    public static ServiceProposal Move(ServiceProposal service, string folder) => service with
    {
        Artifact = service.Artifact with { Value = service.Artifact.Value == "." ? folder : $"{folder}/{service.Artifact.Value}" },
        Build = service.Build is { } build ? build with { Value = $"(\ncd {Words.Quote(folder)}\n{build.Value}\n)" } : null,
        // an artifact has its own .signalboxignore, beside what it holds
        Ignore = [],
    };
}
