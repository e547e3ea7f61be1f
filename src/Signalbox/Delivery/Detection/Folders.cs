namespace Signalbox.Delivery.Detection;

/// <summary>Proposals for a folder, as the file above it says them.</summary>
internal static class Folders
{
    public static ServiceProposal Move(ServiceProposal service, string folder) => service with
    {
        Artifact = service.Artifact with { Value = service.Artifact.Value == "." ? folder : $"{folder}/{service.Artifact.Value}" },
        Build = service.Build is { } build ? build with { Value = $"(\ncd {Words.Quote(folder)}\n{build.Value}\n)" } : null,
        // those are read beside what is packed, where this writes no file; secrets are left out without one
        Ignore = [],
    };
}
