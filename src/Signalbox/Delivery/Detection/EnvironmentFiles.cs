using Signalbox.Delivery.Artifacts;

namespace Signalbox.Delivery.Detection;

internal static class EnvironmentFiles
{
    /// <summary>Secrets beside the source shall not become part of a release, which others may read and which stays.</summary>
    public static void Tell(SourceTree tree, Notes notes)
    {
        var rules = IgnoreRules.OfArtifact(tree.Read(IgnoreRules.FileName)?.Text.Split('\n') ?? []);
        if (tree.Has(".env") && rules.Ignores(".env", directory: false))
            notes.Warn(InitIds.EnvironmentFile, "'.env' is not packed, because releases are kept and may be read; expected its values under 'env' or in the environment of `signalbox up`", tree.At(".env"), "env: { LOG_LEVEL: info }");
    }
}
