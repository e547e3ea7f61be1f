using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>A job of the name <c>pages</c> publishes what it keeps of the folder <c>public</c> (docs.gitlab.com, "GitLab Pages"): in the model a last step that only GitLab has.</summary>
internal static class GitLabPages
{
    public const string Job = "pages";

    private const string Uses = "GitLab Pages";

    public static ForeignStep Step(TextRange source) => new(Platform.GitLab, Uses, []) { Source = source };

    public static bool IsStep(PortableStep step) => step is ForeignStep { Platform: Platform.GitLab, Uses: Uses };

    public static bool Publishes(UploadStep kept) => kept.Paths.Any(p => p.Literal?.Split('/')[0] == "public");
}
